using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>One filter of one session.</summary>
/// <param name="Session">Null in what stands for a group (<see cref="SharedGroup.Entry"/>).</param>
/// <param name="Identifiers">Sent along with what matches (3.8.2.1.2); none where the client gave none.</param>
/// <param name="Group">Where it is one of several that share their messages (4.8.2).</param>
/// <param name="Number">Of the stored delivery, in the copy that stands for one.</param>
internal sealed record Subscription(
    ClientSession? Session, TopicFilter Filter, SubscriptionOptions Options, uint[] Identifiers, SharedGroup? Group = null, long Number = 0)
{
    /// <summary>Within one filter a session has one subscription; a second one replaces it ([MQTT-3.8.4-3]). A group counts as one.</summary>
    public static IEqualityComparer<Subscription> SameSession { get; } = new SessionComparer();

    /// <summary>Stands for both where one copy answers two subscriptions of a session (3.3.4): the higher QoS counts ([MQTT-3.3.4-2]).</summary>
    public Subscription Merge(Subscription other)
    {
        var options = Options with
        {
            QoS = Options.QoS > other.Options.QoS ? Options.QoS : other.Options.QoS,
            RetainAsPublished = Options.RetainAsPublished || other.Options.RetainAsPublished,
        };
        if (other.Identifiers.Length == 0 && options == Options)
            return this;
        return this with { Options = options, Identifiers = [.. Identifiers, .. other.Identifiers] };
    }

    private sealed class SessionComparer : IEqualityComparer<Subscription>
    {
        public bool Equals(Subscription? x, Subscription? y) => ReferenceEquals(Owner(x), Owner(y));

        public int GetHashCode([DisallowNull] Subscription obj) => RuntimeHelpers.GetHashCode(Owner(obj));

        private static object? Owner(Subscription? subscription) => (object?)subscription?.Session ?? subscription?.Group;
    }
}
