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
    private readonly ArrayBufferWriter<byte> _properties = new();
    private ArrayBufferWriter<byte> _answers = new();
    private ArrayBufferWriter<byte> _spareAnswers = new();
    private int _answerCount;
    private volatile bool _isLast;
    private volatile bool _hasManyAnswers;

    /// <summary>Messages for the client; none before CONNECT was accepted.</summary>
    public DeliveryQueue? Deliveries { get; set; }

    /// <summary>Called after answers or PUBACKs have left, on the loop's thread.</summary>
    public Action OnWritten { get; set; } = static () => { };

    /// <summary>Whether the client does not take its answers, and so should not be asked for more packets.</summary>
    public bool IsCongested => _hasManyAnswers;

    public void Answer<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        lock (_lock)
        {
            // PUBACKs that are ready by now go before: a PINGRESP tells the client that all it sent earlier is dealt with.
            _answerCount += acks.WriteReady(_answers, client) + 1;
            _answers.WritePacket(packet, client.Version);
            _hasManyAnswers = _answers.WrittenCount > MaxAnswerBytes;
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
        }

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
            Deliveries?.Take(_batch, BatchBytes);
            foreach (var publish in _batch)
            {
                if (TryWrite(publish))
                    count++;
                else if (publish.QoS != MqttQoS.AtMostOnce)
                    Deliveries!.Acknowledge(MqttPacketType.PubAck, publish.PacketId, MqttReasonCode.Success);
            }
        }
        while (count == 0 && _batch.Count > 0);

        _batch.Clear();
        return count;
    }

    private bool TryWrite(OutboundPublish publish)
    {
        var secondsLeft = publish.Message.SecondsLeft(time);
        if (secondsLeft == 0)
        {
            metrics.DeliveryShed("expired");
            return false;
        }

        if (!access.MayReceive(publish.Message.Body.Topic))
        {
            metrics.DeliveryShed("not-authorized");
            return false;
        }

        _properties.ResetWrittenCount();
        if (client.Version == MqttVersion.V5)
        {
            if (secondsLeft is { } seconds)
                MqttProperties.Append(_properties, MqttPropertyId.MessageExpiryInterval, seconds);
            if (publish.SubscriptionId is { } id)
                MqttProperties.Append(_properties, MqttPropertyId.SubscriptionIdentifier, id);
        }

        var packet = publish.Message.Body.ToPacket(
            publish.QoS, publish.PacketId, retain: publish.Retain, ownProperties: new MqttProperties(_properties.WrittenSpan));

        // [MQTT-3.1.2-24], [MQTT-3.1.2-25]: what is too large for the client counts as delivered.
        if (PacketEncoder.Measure(packet, client.Version) > client.MaxPacketSize)
        {
            metrics.DeliveryShed("too-large");
            return false;
        }

        output.WritePacket(packet, client.Version);
        return true;
    }
}
