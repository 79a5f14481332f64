using OrleansIot.Gateway.Peers;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>From publishers to subscribers. Never waits: what a subscriber cannot take is that subscriber's loss.</summary>
/// <param name="peers">Null in a gateway that is alone.</param>
internal sealed class MessageBroker(RetainedMessages retained, GatewayMetrics metrics, PeerRelay? peers = null)
{
    // Matching happens for every message, and on threads of many connections.
    [ThreadStatic]
    private static List<Subscription>? _spareMatches;

    private readonly SubscriptionTree<Subscription> _subscriptions = new(Subscription.SameSession);

    /// <summary>Whether a message would be of use to anybody, so that it is worth a copy.</summary>
    public bool IsWanted(ReadOnlySpan<byte> topic, bool retain)
    {
        if (retain || (peers is not null && peers.IsWanted(topic)))
            return true;
        if (_subscriptions.Count == 0)
            return false;

        var matches = Match(topic);
        var wanted = matches.Count > 0;
        Return(matches);
        return wanted;
    }

    /// <summary>Delivers to whoever is subscribed, here or elsewhere, and retains where the publisher asked for it.</summary>
    public PublishAnswer Publish(BrokeredMessage message, ClientSession? publisher)
    {
        var stamp = default(PeerStamp);
        var kept = !message.Retain || retained.Keep(message, out stamp);
        var delivered = Deliver(message, publisher);
        if (peers is not null)
        {
            if (message.Retain && kept)
                peers.OfferRetained(message, stamp);
            else
                delivered |= peers.Offer(message);
        }

        if (!kept)
            return PublishAnswer.RetainedFull;
        return delivered || message.Retain ? PublishAnswer.Success : PublishAnswer.NobodySubscribed;
    }

    /// <summary>Delivers to whoever is subscribed here; false when that is nobody.</summary>
    public bool Deliver(BrokeredMessage message, ClientSession? publisher)
    {
        var matches = Match(message.Body.Topic);
        var delivered = matches.Count;
        foreach (var subscription in matches)
        {
            // [MQTT-3.8.3-3]
            if (subscription.Options.NoLocal && ReferenceEquals(subscription.Session, publisher))
                continue;

            // One copy for each subscription that matches, at its own QoS: 3.3.4 and 3.1.1 [MQTT-3.3.5-1] allow it.
            // [MQTT-3.3.1-12], [MQTT-3.3.1-13]; 3.1.1 [MQTT-3.3.1-9]: a live message says retain only where the subscription asks for it.
            subscription.Session.Deliver(message, subscription, message.Retain && subscription.Options.RetainAsPublished);
        }

        Return(matches);
        return delivered > 0;
    }

    /// <summary>Adds a subscription; false when it replaced the session's earlier one on that filter.</summary>
    /// <param name="interest">Raised to what <see cref="Announced"/> wants to know.</param>
    public bool Subscribe(Subscription subscription, ref long interest)
    {
        if (_subscriptions.Add(subscription.Filter, subscription) is not null)
            return false;

        metrics.Subscriptions(1);
        if (peers is not null)
            interest = Math.Max(interest, peers.Subscribed(subscription.Filter));
        return true;
    }

    /// <summary>Completes when what is published elsewhere from now on comes to these subscriptions too, as far as anybody can tell.</summary>
    public Task Announced(long interest) => peers is null || interest == 0 ? Task.CompletedTask : peers.Announced(interest);

    /// <summary>Queues the retained messages that a subscription is due.</summary>
    public void DeliverRetained(Subscription subscription, bool isNew)
    {
        // [MQTT-3.3.1-9], [MQTT-3.3.1-10], [MQTT-3.3.1-11]
        var isDue = subscription.Options.RetainHandling switch
        {
            RetainHandling.SendOnSubscribe => true,
            RetainHandling.SendOnNewSubscribe => isNew,
            _ => false,
        };
        if (isDue)
            subscription.Session.DeliverRetained(retained.Matching(subscription.Filter), subscription);
    }

    public bool Unsubscribe(Subscription subscription)
    {
        if (_subscriptions.Remove(subscription.Filter, subscription) is null)
            return false;

        metrics.Subscriptions(-1);
        peers?.Unsubscribed(subscription.Filter);
        return true;
    }

    private List<Subscription> Match(ReadOnlySpan<byte> topic)
    {
        var matches = _spareMatches ?? [];
        _spareMatches = null;
        _subscriptions.Match(topic, matches);
        return matches;
    }

    private static void Return(List<Subscription> matches)
    {
        matches.Clear();
        _spareMatches = matches;
    }
}
