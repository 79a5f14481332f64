using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Gateway.Peers;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>The last retained message of each topic (3.3.1.3), in memory and bounded. What changes is noted in the journal, in its order.</summary>
/// <param name="clock">Null in a gateway that is alone: then nothing is stamped, and removals are not remembered.</param>
internal sealed class RetainedMessages(
    IOptions<MqttGatewayOptions> options, SessionJournal journal, GatewayMetrics metrics, TimeProvider time, ILogger<RetainedMessages> logger,
    PeerClock? clock = null)
{
    private readonly ConcurrentDictionary<byte[], Kept> _byTopic = new(Utf8KeyComparer.Instance);

    // By topic. Without them a peer that had not heard of a removal would bring the message back.
    private readonly Dictionary<byte[], PeerStamp> _removals = new(Utf8KeyComparer.Instance);
    private readonly Queue<byte[]> _removed = new();
    private readonly Lock _writing = new();
    private int _count;
    private long _bytes;
    private bool _saidFull;

    /// <summary>Keeps the message, or forgets its topic's where it is empty. False when there is no room for it.</summary>
    public bool Keep(BrokeredMessage message, out PeerStamp stamp)
    {
        lock (_writing)
        {
            stamp = clock?.Next() ?? default;
            return Set(message, stamp, isNew: true);
        }
    }

    /// <summary>Takes up a message of an earlier run.</summary>
    public void Restore(BrokeredMessage message)
    {
        lock (_writing)
            Set(message, clock?.Next() ?? default, isNew: false);
    }

    /// <summary>
    /// Keeps what was retained by a peer unless something later is known; as far as there is room. Positive when nothing as late was
    /// known, 0 when the very same was, negative when something later was.
    /// </summary>
    public int Learn(BrokeredMessage message, PeerStamp stamp)
    {
        lock (_writing)
        {
            var topic = message.Body.Topic;
            PeerStamp known;
            if (_byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var kept))
                known = kept.Stamp;
            else
                _removals.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out known);
            var order = stamp.CompareTo(known);
            if (order > 0)
                Set(message, stamp, isNew: true);
            return order;
        }
    }

    /// <summary>Everything, and what was removed of late as empty messages.</summary>
    public IReadOnlyList<(BrokeredMessage Message, PeerStamp Stamp)> All()
    {
        lock (_writing)
        {
            return
            [
                .. _byTopic.Values.Select(kept => (kept.Message, kept.Stamp)),
                .. _removals.Select(removal => (new BrokeredMessage(PublishBody.Copy(removal.Key, []), MqttQoS.AtLeastOnce, Retain: true, time.GetTimestamp()), removal.Value)),
            ];
        }
    }

    /// <summary>The messages that a new subscription to the filter is sent, those whose time is over left out.</summary>
    public IReadOnlyList<BrokeredMessage> Matching(TopicFilter filter)
    {
        if (!filter.HasWildcard)
        {
            return _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter.Utf8Bytes, out var one) && one.Message.SecondsLeft(time) != 0
                ? [one.Message]
                : [];
        }

        return [.. _byTopic.Values.Select(kept => kept.Message).Where(message => filter.Matches(message.Body.Topic) && message.SecondsLeft(time) != 0)];
    }

    private bool Set(BrokeredMessage message, PeerStamp stamp, bool isNew)
    {
        var lookup = _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>();
        var isKnown = lookup.TryGetValue(message.Body.Topic, out var before);

        // [MQTT-3.3.1-6], [MQTT-3.3.1-7]: an empty payload removes what is retained, and is not retained itself.
        if (message.Body.Payload.IsEmpty)
        {
            if (isKnown && lookup.TryRemove(message.Body.Topic, out _))
            {
                Count(-1, -before.Message.Size);
                if (journal.IsOn)
                    journal.Note(new SessionChange.RetainedRemoved(message.Body.TopicMemory));
            }

            if (clock is not null)
                Remember(message.Body.Topic, stamp);
            return true;
        }

        var bytes = message.Size - (isKnown ? before.Message.Size : 0);
        if ((!isKnown && _count >= options.Value.RetainedMessages) || _bytes + bytes > options.Value.RetainedBytes)
        {
            SayFull();
            return false;
        }

        lookup[message.Body.Topic] = new Kept(message, stamp);
        Count(isKnown ? 0 : 1, bytes);
        if (isNew && journal.IsOn)
            journal.Note(new SessionChange.Retained(journal.Stored(message)));
        return true;
    }

    // As many as there may be messages: the oldest goes first, and no peer is behind for so long.
    private void Remember(ReadOnlySpan<byte> topic, PeerStamp stamp)
    {
        if (!_removals.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var key, out _))
        {
            key = topic.ToArray();
            _removed.Enqueue(key);
        }

        _removals[key] = stamp;
        if (_removed.Count > options.Value.RetainedMessages)
            _removals.Remove(_removed.Dequeue());
    }

    private void Count(int messages, long bytes)
    {
        _count += messages;
        _bytes += bytes;
        metrics.Retained(messages);
    }

    private void SayFull()
    {
        if (!_saidFull)
            logger.RetainedFull(_count, _bytes);
        _saidFull = true;
    }

    private readonly record struct Kept(BrokeredMessage Message, PeerStamp Stamp);
}
