using OrleansIot.Domain;

namespace OrleansIot.Application.Sessions.Ports;

/// <summary>What a store holds.</summary>
/// <param name="LastNumber">The highest delivery number ever given out, as far as the store knows; 0 where there was none.</param>
public sealed record StoredMessaging(IReadOnlyList<StoredSession> Sessions, IReadOnlyList<StoredMessage> Retained, long LastNumber);

/// <param name="Received">Packet identifiers of the client's QoS 2 messages that lack their PUBREL.</param>
public sealed record StoredSession(
    string ClientId,
    uint ExpirySeconds,
    Instant? EndedAt,
    IReadOnlyList<StoredSubscription> Subscriptions,
    IReadOnlyList<StoredOwed> Owed,
    IReadOnlyList<ushort> Received,
    StoredWill? Will);

/// <param name="Filter">As subscribed, <c>$share/…</c> included.</param>
/// <param name="Options">The subscription options byte of 3.8.3.1, with the granted QoS.</param>
public sealed record StoredSubscription(string Filter, byte Options, uint? Identifier);

/// <param name="PacketId">0 where it has none yet.</param>
/// <param name="IsReleased">Whether PUBREC has come (<see cref="SessionChange.Released"/>).</param>
public sealed record StoredOwed(StoredDelivery Delivery, StoredMessage Message, ushort PacketId, bool IsReleased);

/// <param name="Number">Ascending over all sessions, and never used again.</param>
/// <param name="QoS">1 or 2.</param>
/// <param name="SubscriptionIds">Of the subscriptions that it answers; empty where they have none.</param>
public sealed record StoredDelivery(string ClientId, long Number, byte QoS, bool Retain, IReadOnlyList<uint> SubscriptionIds);

/// <param name="Topic">UTF-8.</param>
/// <param name="Properties">The encoded MQTT 5 properties that are passed on unaltered, without their length; may be empty.</param>
/// <param name="QoS">As published, 0 to 2.</param>
/// <param name="ExpiresAt">Null where it lives for ever.</param>
public sealed record StoredMessage(
    ReadOnlyMemory<byte> Topic, ReadOnlyMemory<byte> Properties, ReadOnlyMemory<byte> Payload, byte QoS, bool Retain, Instant? ExpiresAt);

public sealed record StoredWill(StoredMessage Message, Instant At);
