using System.Globalization;
using System.Text;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sessions;

/// <summary>Sessions and messages for tests, and how they look as text, in an order of their own where the port promises none.</summary>
internal static class SessionSamples
{
    public static ReadOnlyMemory<byte> Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static SessionChange Kept(string client, uint expiry = 3_600, Instant? endedAt = null) => new SessionChange.Kept(client, expiry, endedAt);

    public static StoredMessage Message(string topic, string payload, byte qos = 1) => new(Utf8(topic), default, Utf8(payload), qos, Retain: false, ExpiresAt: null);

    public static StoredDelivery Delivery(string client, long number, byte qos = 1) => new(client, number, qos, Retain: false, []);

    public static SessionChange Owed(string payload, params StoredDelivery[] deliveries) => new SessionChange.Owed(Message("t", payload), deliveries);

    public static SessionChange Owed(string client, long number) => Owed($"m{number}", Delivery(client, number));

    public static SessionChange Delivered(string client, long number) => new SessionChange.Delivered(client, number);

    public static StoredMessage FullMessage(string topic) => new(Utf8(topic), new byte[] { 0x26, 0, 1, (byte)'a', 0, 1, (byte)'b' }, new byte[] { 0, 255, 1, 0 }, QoS: 2, Retain: true, At(5_000));

    public static StoredSession Session(this StoredMessaging messaging, string client) => Assert.Single(messaging.Sessions, session => session.ClientId == client);

    public static IEnumerable<long> Numbers(this StoredSession session) => session.Owed.Select(owed => owed.Delivery.Number);

    public static async Task<string> Text(this ISessionStore store) => Text(await store.Load(default));

    public static string Text(StoredMessaging messaging)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"last {messaging.LastNumber}\n"));
        foreach (var message in messaging.Retained.Select(Text).Order(StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"retained {message}\n");

        foreach (var session in messaging.Sessions.OrderBy(session => session.ClientId, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"session {session.ClientId} {session.ExpirySeconds} {session.EndedAt}\n");
            foreach (var subscription in session.Subscriptions.OrderBy(subscription => subscription.Filter, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"  {subscription}\n");

            foreach (var (delivery, message, packet, released) in session.Owed)
            {
                text.Append(CultureInfo.InvariantCulture, $"  owed {delivery.ClientId} {delivery.Number} qos {delivery.QoS} {delivery.Retain} [{string.Join(',', delivery.SubscriptionIds)}] ");
                text.Append(CultureInfo.InvariantCulture, $"{Text(message)} as {packet} {released}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  received {string.Join(',', session.Received.Order())}\n");
            if (session.Will is { } will)
                text.Append(CultureInfo.InvariantCulture, $"  will {Text(will.Message)} at {will.At}\n");
        }

        return text.ToString();
    }

    private static string Text(StoredMessage message) => string.Create(
        CultureInfo.InvariantCulture,
        $"{System.Text.Encoding.UTF8.GetString(message.Topic.Span)} {Convert.ToHexString(message.Properties.Span)} {Convert.ToHexString(message.Payload.Span)} qos {message.QoS} {message.Retain} until {message.ExpiresAt}");
}
