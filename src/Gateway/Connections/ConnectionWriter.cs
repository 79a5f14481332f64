using System.Buffers;
using System.IO.Pipelines;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>
/// Writes one client's socket: one loop, which puts everything that came together since its last flush into the next one.
/// PUBACKs and other answers go in the order in which they became ready, and before messages.
/// </summary>
internal sealed class ConnectionWriter(
    PipeWriter output, ClientTraits client, ClientAccess access, PublishAcks acks, TimeProvider time, GatewayMetrics metrics)
{
    // As much as the transport buffers before it makes a writer wait.
    private const int BatchBytes = 64 * 1024;

    // Some thousand answers that a client asked for and does not read.
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly WakeUp _wakeUp = new();
    private readonly List<OutboundPublish> _batch = [];
    private readonly OutboundAliases? _aliases = client.TopicAliasMaximum > 0 ? new OutboundAliases(client.TopicAliasMaximum) : null;
    private ArrayBufferWriter<byte>? _properties;
    private DeliveryQueue? _deliveries;
    private DeliveryQueue? _sending;
    private ArrayBufferWriter<byte> _answers = new();
    private ArrayBufferWriter<byte> _spareAnswers = new();
    private int _answerCount;
    private volatile bool _isLast;
    private volatile bool _hasManyAnswers;

    /// <summary>Called after answers or PUBACKs have left, on the loop's thread.</summary>
    public Action OnWritten { get; set; } = static () => { };

    /// <summary>Whether the client does not take its answers, and so should not be asked for more packets.</summary>
    public bool IsCongested => _hasManyAnswers;

    public void Answer<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        lock (_lock)
            Add(packet);
        _wakeUp.Raise();
    }

    /// <summary>Answers CONNECT; after that, and not before, come the messages that are owed.</summary>
    public void Accept(scoped in ConnAckPacket answer, DeliveryQueue deliveries)
    {
        lock (_lock)
        {
            Add(answer);
            _deliveries = deliveries;
        }

        _wakeUp.Raise();
    }

    public void Wake() => _wakeUp.Raise();

    /// <summary>Has the loop write what is owed in answers, and end.</summary>
    public void Complete()
    {
        _isLast = true;
        _wakeUp.Raise();
    }

    public async Task Run()
    {
        try
        {
            for (var isLast = false; !isLast;)
            {
                await _wakeUp.Wait();
                do
                {
                    isLast = _isLast;
                    var packets = WriteAnswers();
                    if (!isLast)
                        packets += WriteMessages();
                    if (packets == 0)
                        break;

                    metrics.Sent(packets, output.UnflushedBytes);
                    var flushed = await output.FlushAsync();
                    OnWritten();
                    if (flushed.IsCompleted)
                        return;
                }
                while (!isLast);
            }
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    private void Add<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        // PUBACKs that are ready by now go before: a PINGRESP tells the client that all it sent earlier is dealt with.
        _answerCount += acks.WriteReady(_answers, client) + 1;
        _answers.WritePacket(packet, client.Version);
        _hasManyAnswers = _answers.WrittenCount > MaxAnswerBytes;
    }

    private int WriteAnswers()
    {
        ArrayBufferWriter<byte> answers;
        int count;
        lock (_lock)
        {
            count = _answerCount + acks.WriteReady(_answers, client);
            (answers, _answers, _spareAnswers) = (_answers, _spareAnswers, _answers);
            _answerCount = 0;
            _hasManyAnswers = false;
            _sending = _deliveries;
        }

        // Asking the pipe for room, even for nothing, rents a block of 4 KiB that an idle client would keep.
        if (answers.WrittenCount > 0)
            output.Write(answers.WrittenSpan);
        answers.ResetWrittenCount();
        return count;
    }

    private int WriteMessages()
    {
        // Until something is written or nothing is left: dropped messages alone must not end the loop above.
        var count = 0;
        do
        {
            _batch.Clear();
            _sending?.Take(_batch, BatchBytes);
            foreach (var publish in _batch)
            {
                if (TryWrite(publish))
                    count++;
                else
                    _sending!.Drop(publish);
            }
        }
        while (count == 0 && _batch.Count > 0);

        _batch.Clear();
        return count;
    }

    private bool TryWrite(in OutboundPublish publish)
    {
        if (publish.IsRelease)
        {
            output.WritePacket(new AckPacket { Type = MqttPacketType.PubRel, PacketId = publish.PacketId }, client.Version);
            return true;
        }

        // [MQTT-3.3.2-5]: only what was not begun to be delivered is given up.
        var secondsLeft = publish.Message.SecondsLeft(time);
        if (secondsLeft == 0 && !publish.IsRepeat)
        {
            metrics.DeliveryShed("expired");
            return false;
        }

        var body = publish.Message.Body;
        if (!access.MayReceive(body.Topic))
        {
            metrics.DeliveryShed("not-authorized");
            return false;
        }

        var alias = default(TopicAlias);
        var ownProperties = default(MqttProperties);
        if (client.Version == MqttVersion.V5)
        {
            alias = _aliases?.Find(body.Topic) ?? default;
            ownProperties = OwnProperties(publish.Source?.Identifiers, secondsLeft, alias);
        }

        var packet = body.ToPacket(publish.QoS, publish.PacketId, publish.IsRepeat, publish.Retain, ownProperties);
        if (alias.IsKnown)
            packet = packet with { Topic = default };

        // [MQTT-3.1.2-24], [MQTT-3.1.2-25]: what is too large for the client counts as delivered.
        if (client.MaxPacketSize != int.MaxValue && PacketEncoder.Measure(packet, client.Version) > client.MaxPacketSize)
        {
            metrics.DeliveryShed("too-large");
            return false;
        }

        output.WritePacket(packet, client.Version);
        if (alias.IsNew)
            _aliases!.Add(body.Topic);
        return true;
    }

    private MqttProperties OwnProperties(uint[]? identifiers, uint? secondsLeft, TopicAlias alias)
    {
        if (secondsLeft is null && alias.Number == 0 && identifiers is not { Length: > 0 })
            return default;

        _properties ??= new ArrayBufferWriter<byte>(32);
        _properties.ResetWrittenCount();
        if (secondsLeft is { } seconds)
            MqttProperties.Append(_properties, MqttPropertyId.MessageExpiryInterval, seconds);
        if (alias.Number != 0)
            MqttProperties.Append(_properties, MqttPropertyId.TopicAlias, alias.Number);

        // [MQTT-3.3.4-3], [MQTT-3.3.4-4]: those of all the subscriptions that this copy answers.
        foreach (var identifier in identifiers ?? [])
            MqttProperties.Append(_properties, MqttPropertyId.SubscriptionIdentifier, identifier);
        return new MqttProperties(_properties.WrittenSpan);
    }
}
