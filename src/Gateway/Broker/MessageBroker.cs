using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Peers;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// From publishers to subscribers. Never waits: what a subscriber cannot take is that subscriber's loss. A client that can wait asks
/// before (<see cref="Holds"/>).
/// </summary>
/// <param name="peers">Null in a gateway that is alone.</param>
internal sealed class MessageBroker(RetainedMessages retained, SessionJournal journal, GatewayMetrics metrics, SlowSubscribers slow, PeerRelay? peers = null)
{
    // Up to this many subscriptions are compared with each other; beyond, a dictionary finds those of one session.
    private const int ScanLimit = 16;

    // From this many on, subscribers are woken up together.
    private const int FanOut = 8;

    // Matching happens for every message, and on threads of many connections.
    [ThreadStatic]
    private static List<Subscription?>? _spareMatches;

    private readonly SubscriptionTree<Subscription> _subscriptions = new(Subscription.SameSession);
    private readonly Dictionary<TopicFilter, SharedGroup> _groups = [];

    /// <summary>Whether clients may share subscriptions; not in a cluster, where a group would get each message once on every silo.</summary>
    public bool CanShare => peers is null;

    /// <summary>Whether any client might have to wait.</summary>
    public bool MayHold => slow.Any;

    /// <summary>Whether a client has to wait for somebody that its message is for.</summary>
    public bool Holds(ReadOnlySpan<byte> topic, MqttQoS qos, ClientSession publisher, HeldPublisher held, long now)
    {
        var isHeld = false;
        var matches = Match(topic);
        foreach (var match in matches)
        {
            var queue = match!.Group is { } group ? group.Behind() : match.Session!.Deliveries;
            isHeld = queue is not null && queue != publisher.Deliveries
                && held.IsHeldBy(queue, qos == MqttQoS.AtMostOnce || match is { Group: null, Options.QoS: MqttQoS.AtMostOnce }, now);
            if (isHeld)
                break;
        }

        Return(matches);
        return isHeld;
    }

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
    /// <param name="isPending">The answer is to be given when the ticket's origin is told that it is stored.</param>
    public PublishAnswer Publish(BrokeredMessage message, ClientSession? publisher, in PublishTicket ticket, out bool isPending)
    {
        isPending = false;

        // Most fleets' readings: nobody else wants them, and they need not be looked at again.
        if (_subscriptions.Count == 0 && !message.Retain && peers is null && ticket.Received is null)
            return PublishAnswer.NobodySubscribed;

        var matches = Match(message.Body.Topic);
        var delivered = Choose(matches, message, publisher, out var isOwed);
        var mustBeStored = message.QoS != MqttQoS.AtMostOnce && (isOwed || (message.Retain && journal.IsOn));
        if ((mustBeStored || ticket.Received is not null) && !journal.CanTake)
        {
            Return(matches);
            return PublishAnswer.SessionUnavailable;
        }

        var stamp = default(PeerStamp);
        var kept = !message.Retain || Keep(message, out stamp);
        var answer = kept ? PublishAnswer.Success : PublishAnswer.RetainedFull;
        if (isOwed)
            Owe(matches, message, ticket, answer, out isPending);
        else if (ticket.Received is not null || (mustBeStored && ticket.Origin is not null))
            Settle(ticket, answer, out isPending);

        Deliver(matches, message);
        Return(matches);
        if (peers is not null)
        {
            if (message.Retain && kept)
                peers.OfferRetained(message, stamp);
            else
                delivered |= peers.Offer(message);
        }

        return kept && !delivered && !message.Retain ? PublishAnswer.NobodySubscribed : answer;
    }

    /// <summary>Delivers to whoever is subscribed here; false when that is nobody.</summary>
    public bool Deliver(BrokeredMessage message, ClientSession? publisher)
    {
        var matches = Match(message.Body.Topic);
        var delivered = Choose(matches, message, publisher, out var isOwed);
        if (isOwed && journal.CanTake)
            Owe(matches, message, default, default, out _);
        Deliver(matches, message);
        Return(matches);
        return delivered;
    }

    /// <summary>Has a publisher wait for what was noted so far, and for its own message's being known.</summary>
    public void Settle(in PublishTicket ticket, PublishAnswer answer, out bool isPending)
    {
        journal.Write(ticket.Received, then: ticket.Origin?.Await(ticket, answer));
        isPending = ticket.Origin is not null;
    }

    /// <summary>What a session owed that has ended goes to others where it came from a shared subscription (4.8.2).</summary>
    public static void PassOn(IReadOnlyList<OutboundPublish> left, SessionJournal journal)
    {
        foreach (var publish in left)
        {
            if (publish.Source?.Group?.Next() is not { } next)
                continue;

            var qos = ClientSession.Lower(publish.Message.QoS, next.Options.QoS);
            var number = 0L;
            if (qos != MqttQoS.AtMostOnce && next.Session!.IsDurable && journal.CanTake)
            {
                number = journal.NextNumber();
                journal.Write(new SessionChange.Owed(journal.Stored(publish.Message), [OwedTo(next, number, qos, publish.Retain)]));
            }

            next.Session!.Deliver(publish.Message, next, qos, publish.Retain, number);
        }
    }

    /// <summary>Adds a subscription; false when it replaced the session's earlier one on that filter.</summary>
    /// <param name="subscription">Gets its group where its filter is a shared one.</param>
    /// <param name="interest">Raised to what <see cref="Announced"/> wants to know.</param>
    public bool Subscribe(ref Subscription subscription, ref long interest)
    {
        if (!Add(ref subscription))
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
        // [MQTT-3.3.1-9], [MQTT-3.3.1-10], [MQTT-3.3.1-11]; 4.8.2: a shared subscription gets none.
        var isDue = subscription.Group is null && subscription.Options.RetainHandling switch
        {
            RetainHandling.SendOnSubscribe => true,
            RetainHandling.SendOnNewSubscribe => isNew,
            _ => false,
        };
        if (isDue)
            subscription.Session!.DeliverRetained(retained.Matching(subscription.Filter), subscription);
    }

    public bool Unsubscribe(Subscription subscription)
    {
        if (!Remove(subscription))
            return false;

        metrics.Subscriptions(-1);
        peers?.Unsubscribed(subscription.Filter);
        return true;
    }

    private bool Add(ref Subscription subscription)
    {
        var filter = subscription.Filter;
        if (!filter.IsShared)
            return _subscriptions.Add(filter, subscription) is null;

        // In one step: of two that begin a group at the same time one would otherwise be in a group that nobody knows.
        lock (_groups)
        {
            var isFirst = !_groups.TryGetValue(filter, out var group);
            if (isFirst)
                _groups.Add(filter, group = new SharedGroup(filter));

            subscription = subscription with { Group = group };
            var isNew = group!.Add(subscription);
            if (isFirst)
                _subscriptions.Add(filter, group.Entry);
            return isNew;
        }
    }

    private bool Remove(Subscription subscription)
    {
        if (subscription.Group is not { } group)
            return _subscriptions.Remove(subscription.Filter, subscription) is not null;

        lock (_groups)
        {
            if (!group.Remove(subscription))
                return false;

            if (group.IsEmpty)
            {
                _groups.Remove(subscription.Filter);
                _subscriptions.Remove(subscription.Filter, group.Entry);
            }

            return true;
        }
    }

    private bool Keep(BrokeredMessage message, out PeerStamp stamp)
    {
        // QoS 0 is not answered: while nothing can be stored it is delivered, and what was retained stays.
        if (!journal.IsOn || journal.CanTake || message.QoS != MqttQoS.AtMostOnce)
            return retained.Keep(message, out stamp);

        stamp = default;
        metrics.PublishRefused("session-unavailable");
        return false;
    }

    /// <summary>Leaves those that get the message, one for each session and each group; false where nobody is subscribed.</summary>
    private static bool Choose(List<Subscription?> matches, BrokeredMessage message, ClientSession? publisher, out bool isOwed)
    {
        isOwed = false;
        var found = matches.Count > 0;
        var mayOverlap = 0;
        for (var i = 0; i < matches.Count; i++)
        {
            var match = matches[i]!;
            if (match.Group is { } group)
            {
                match = group.Next();
                matches[i] = match;
                if (match is null)
                    continue;
            }
            else if (match.Options.NoLocal && ReferenceEquals(match.Session, publisher))
            {
                // [MQTT-3.8.3-3]
                matches[i] = null;
                continue;
            }
            else if (match.Session!.MayOverlap)
            {
                mayOverlap++;
            }

            isOwed |= match.Session!.IsDurable && match.Options.QoS != MqttQoS.AtMostOnce;
        }

        isOwed &= message.QoS != MqttQoS.AtMostOnce;
        if (mayOverlap > 1)
            Merge(matches);
        return found;
    }

    /// <summary>3.3.4; 3.1.1 [MQTT-3.3.5-1]: one copy for each session, at the highest QoS, which names all its subscriptions.</summary>
    private static void Merge(List<Subscription?> matches)
    {
        var seen = matches.Count > ScanLimit ? new Dictionary<ClientSession, int>() : null;
        for (var i = 0; i < matches.Count; i++)
        {
            if (matches[i] is not { Group: null, Session: { MayOverlap: true } session } match)
                continue;

            var first = -1;
            if (seen is null)
                first = matches.FindIndex(0, i, other => other is { Group: null } && other.Session == session);
            else if (!seen.TryAdd(session, i))
                first = seen[session];
            if (first < 0)
                continue;

            matches[first] = matches[first]!.Merge(match);
            matches[i] = null;
        }
    }

    /// <summary>Notes what is owed to stored sessions before any of them can acknowledge it.</summary>
    private void Owe(List<Subscription?> matches, BrokeredMessage message, in PublishTicket ticket, PublishAnswer answer, out bool isPending)
    {
        var deliveries = new List<StoredDelivery>();
        for (var i = 0; i < matches.Count; i++)
        {
            if (matches[i] is not { Session: { IsDurable: true } session } match || match.Options.QoS == MqttQoS.AtMostOnce)
                continue;

            // What finds no room is not owed; the delivery itself counts it.
            if (!session.Deliveries.HasRoomFor(message.Size))
                continue;

            var number = journal.NextNumber();
            var qos = ClientSession.Lower(message.QoS, match.Options.QoS);
            deliveries.Add(OwedTo(match, number, qos, message.Retain && match.Options.RetainAsPublished));
            matches[i] = match with { Number = number };
        }

        SessionChange? owed = deliveries.Count == 0 ? null : new SessionChange.Owed(journal.Stored(message), deliveries);
        journal.Write(owed, ticket.Received, ticket.Origin?.Await(ticket, answer));
        isPending = ticket.Origin is not null;
    }

    private static StoredDelivery OwedTo(Subscription subscription, long number, MqttQoS qos, bool retain) =>
        new(subscription.Session!.ClientId, number, (byte)qos, retain, subscription.Identifiers);

    private static void Deliver(List<Subscription?> matches, BrokeredMessage message)
    {
        if (matches.Count < FanOut || !WakeUpBatch.TryOpen())
        {
            DeliverEach(matches, message);
            return;
        }

        try
        {
            DeliverEach(matches, message);
        }
        finally
        {
            WakeUpBatch.Close();
        }
    }

    private static void DeliverEach(List<Subscription?> matches, BrokeredMessage message)
    {
        foreach (var subscription in matches)
        {
            // [MQTT-3.3.1-12], [MQTT-3.3.1-13]; 3.1.1 [MQTT-3.3.1-9]: a live message says retain only where the subscription asks for it.
            subscription?.Session!.Deliver(
                message, subscription, ClientSession.Lower(message.QoS, subscription.Options.QoS), message.Retain && subscription.Options.RetainAsPublished, subscription.Number);
        }
    }

    private List<Subscription?> Match(ReadOnlySpan<byte> topic)
    {
        var matches = _spareMatches ?? [];
        _spareMatches = null;
        _subscriptions.Match(topic, matches!);
        return matches;
    }

    private static void Return(List<Subscription?> matches)
    {
        matches.Clear();
        _spareMatches = matches;
    }
}
