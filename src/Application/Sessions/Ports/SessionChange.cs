using OrleansIot.Domain;

namespace OrleansIot.Application.Sessions.Ports;

/// <summary>A step in the life of the stored sessions and retained messages.</summary>
public abstract record SessionChange
{
    private SessionChange()
    {
    }

    /// <summary>A session is begun or goes on with other terms; what is owed to it stays.</summary>
    /// <param name="ExpirySeconds">How long it outlives its connection; <see cref="uint.MaxValue"/> for ever (3.1.2.11.2).</param>
    /// <param name="EndedAt">When its last connection ended; null while it is connected.</param>
    public sealed record Kept(string ClientId, uint ExpirySeconds, Instant? EndedAt) : SessionChange;

    /// <summary>A session is over, with all that belongs to it.</summary>
    public sealed record Ended(string ClientId) : SessionChange;

    /// <summary>A new subscription, or other terms for the one of that filter.</summary>
    public sealed record Subscribed(string ClientId, StoredSubscription Subscription) : SessionChange;

    public sealed record Unsubscribed(string ClientId, string Filter) : SessionChange;

    /// <summary>One message is owed to these sessions. They share its bytes; it goes with the last of the deliveries.</summary>
    public sealed record Owed(StoredMessage Message, IReadOnlyList<StoredDelivery> Deliveries) : SessionChange;

    /// <summary>A delivery has gone out under this packet identifier; written for QoS 2, where it must keep it ([MQTT-4.4.0-1]).</summary>
    public sealed record Sent(string ClientId, long Number, ushort PacketId) : SessionChange;

    /// <summary>PUBREC has come: the message is the client's, and only PUBREL and PUBCOMP are left (4.3.3).</summary>
    public sealed record Released(string ClientId, long Number) : SessionChange;

    /// <summary>A delivery is over: acknowledged, expired or dropped.</summary>
    public sealed record Delivered(string ClientId, long Number) : SessionChange;

    /// <summary>A QoS 2 message of the client was taken over; a copy under this identifier is not another one until PUBREL (4.3.3).</summary>
    public sealed record Received(string ClientId, ushort PacketId) : SessionChange;

    /// <summary>PUBREL has come: the identifier is free.</summary>
    public sealed record Completed(string ClientId, ushort PacketId) : SessionChange;

    /// <summary>The will of a session whose connection has ended is due at <see cref="StoredWill.At"/>; null where it was published or is called off.</summary>
    public sealed record WillDue(string ClientId, StoredWill? Will) : SessionChange;

    /// <summary>Takes the place of the topic's earlier retained message.</summary>
    public sealed record Retained(StoredMessage Message) : SessionChange;

    public sealed record RetainedRemoved(ReadOnlyMemory<byte> Topic) : SessionChange;
}
