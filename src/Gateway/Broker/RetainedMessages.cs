using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>The last retained message of each topic (3.3.1.3), in memory and bounded. What is here is all that a durable store would have to give back at start.</summary>
internal sealed class RetainedMessages(
    IOptions<MqttGatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<RetainedMessages> logger)
{
    private readonly ConcurrentDictionary<byte[], BrokeredMessage> _byTopic = new(Utf8KeyComparer.Instance);
    private readonly Lock _writing = new();
    private int _count;
    private long _bytes;
    private bool _saidFull;

    /// <summary>Keeps the message, or forgets its topic's where it is empty. False when there is no room for it.</summary>
    public bool Keep(BrokeredMessage message)
    {
        lock (_writing)
        {
            var lookup = _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>();
            lookup.TryGetValue(message.Body.Topic, out var before);

            // [MQTT-3.3.1-6], [MQTT-3.3.1-7]: an empty payload removes what is retained, and is not retained itself.
            if (message.Body.Payload.IsEmpty)
            {
                if (before is not null && lookup.TryRemove(message.Body.Topic, out _))
                    Count(-1, -before.Size);
                return true;
            }

            var bytes = message.Size - (before?.Size ?? 0);
            if ((before is null && _count >= options.Value.RetainedMessages) || _bytes + bytes > options.Value.RetainedBytes)
            {
                SayFull();
                return false;
            }

            lookup[message.Body.Topic] = message;
            Count(before is null ? 1 : 0, bytes);
            return true;
        }
    }

    /// <summary>The messages that a new subscription to the filter is sent, those whose time is over left out.</summary>
    public IReadOnlyList<BrokeredMessage> Matching(TopicFilter filter)
    {
        if (!filter.HasWildcard)
        {
            return _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter.Utf8Bytes, out var one) && one.SecondsLeft(time) != 0
                ? [one]
                : [];
        }

        return [.. _byTopic.Values.Where(message => filter.Matches(message.Body.Topic) && message.SecondsLeft(time) != 0)];
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
}
