using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>One filter of one session.</summary>
/// <param name="Identifier">Sent along with what matches (3.8.2.1.2); null where the client gave none.</param>
internal sealed record Subscription(ClientSession Session, TopicFilter Filter, SubscriptionOptions Options, uint? Identifier)
{
    /// <summary>Within one filter a session has one subscription; a second one replaces it ([MQTT-3.8.4-3]).</summary>
    public static IEqualityComparer<Subscription> SameSession { get; } = new SessionComparer();

    private sealed class SessionComparer : IEqualityComparer<Subscription>
    {
        public bool Equals(Subscription? x, Subscription? y) => ReferenceEquals(x?.Session, y?.Session);

        public int GetHashCode([DisallowNull] Subscription obj) => RuntimeHelpers.GetHashCode(obj.Session);
    }
}
