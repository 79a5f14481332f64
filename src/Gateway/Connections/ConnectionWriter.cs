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
    PipeWriter output, ClientTraits client, ClientAccess access, TimeProvider time, GatewayMetrics metrics)
{
    // As much as the transport buffers before it makes a writer wait.
    private const int BatchBytes = 64 * 1024;

    // Some thousand answers that a client asked for and does not read.
    private const int MaxAnswerBytes = 64 * 1024;

    // One loop fills and empties it without waiting in between, and thousands of idle ones need none.
    [ThreadStatic]
    private static List<OutboundPublish>? _spareBatch;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _spareAcks;

    // Guards the answers too, being nobody else's: a lock of its own is 40 bytes for each of many idle clients.
    private readonly WakeUp _wakeUp = new();
    private readonly OutboundAliases? _aliases = client.TopicAliasMaximum > 0 ? new OutboundAliases(client.TopicAliasMaximum) : null;
    private ArrayBufferWriter<byte>? _properties;
    private DeliveryQueue? _deliveries;
    private DeliveryQueue? _sending;
    private ArrayBufferWriter<byte>? _answers; // none while there is nothing to write
    private PublishAcks? _acks;
    private int _answerCount;
    private bool _hasSaidLast;
    private volatile bool _isLast;
    private volatile bool _finishesMessages;
    private volatile bool _hasManyAnswers;

    /// <summary>Whether the client does not take its answers, and so should not be asked for more packets.</summary>
    public bool IsCongested => _hasManyAnswers;

    public void Answer<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        lock (_wakeUp)
            Add(packet);
        _wakeUp.Raise();
    }

    /// <summary>Answers CONNECT; after that, and not before, come the messages that are owed.</summary>
    public void Accept(scoped in ConnAckPacket answer, DeliveryQueue deliveries)
    {
        lock (_wakeUp)
        {
            Add(answer);
            _deliveries = deliveries;
        }

        _wakeUp.Raise();
    }

    /// <summary>Says goodbye: nothing that becomes ready later is sent any more ([MQTT-3.14.4-1]).</summary>
    public void AnswerLast(scoped in DisconnectPacket goodbye)
    {
        lock (_wakeUp)
        {
            Add(goodbye);
            _hasSaidLast = true;
        }

        _wakeUp.Raise();
    }

    public void Wake() => WakeUpBatch.Raise(_wakeUp);

    /// <summary>The client publishes with QoS 1 or 2: from now on these are owed.</summary>
    public void Owe(PublishAcks acks)
    {
        lock (_wakeUp)
            _acks = acks;
    }

    /// <summary>Has the loop write what is owed in answers, and end.</summary>
    /// <param name="withMessages">The messages that may go now, too.</param>
    public void Complete(bool withMessages = false)
    {
        _finishesMessages = withMessages;
        _isLast = true;
        _wakeUp.Raise();
    }

    /// <summary>Ends the connection when it ends.</summary>
    public async Task Run(ClientConnection connection)
    {
        try
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
                        if (!isLast || _finishesMessages)
                            packets += WriteMessages();
                        if (packets == 0)
                            break;

                        metrics.Sent(packets, output.UnflushedBytes);
                        var flushed = await output.FlushAsync();
                        connection.OnWritten();
                        if (flushed.IsCompleted)
                            return;
                    }
                    while (!isLast || _finishesMessages);
                }
            }
            finally
            {
                await output.CompleteAsync();
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // Told below.
        }
        finally
        {
            connection.Close(CloseReason.ConnectionLost);
        }
    }

    private void Add<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        if (_hasSaidLast)
            return;

        // PUBACKs that are ready by now go before: a PINGRESP tells the client that all it sent earlier is dealt with.
        _answers ??= new ArrayBufferWriter<byte>();
        _answerCount += (_acks?.WriteReady(_answers, client) ?? 0) + 1;
        _answers.WritePacket(packet, client.Version);
        _hasManyAnswers = _answers.WrittenCount > MaxAnswerBytes;
    }

    private int WriteAnswers()
    {
        lock (_wakeUp)
        {
            _sending = _deliveries;
            var count = _answerCount;

            // Asking the pipe for room, even for nothing, rents a block of 4 KiB that an idle client would keep.
            if (_answers is { WrittenCount: > 0 } answers)
            {
                output.Write(answers.WrittenSpan);
                answers.ResetWrittenCount();
            }
            else
            {
                _answers = null;
            }

            _answerCount = 0;
            _hasManyAnswers = false;
            return _hasSaidLast ? count : count + WritePubAcks();
        }
    }

    private int WritePubAcks()
    {
        if (_acks is null)
            return 0;

        // In one piece: the pipe takes a lock for each, and a message of QoS 1 without a subscriber cost half as much again.
        var ready = _spareAcks ??= new ArrayBufferWriter<byte>();
        ready.ResetWrittenCount(); // whatever became of the last client's
        var count = _acks.WriteReady(ready, client);
        if (ready.WrittenCount > 0)
            output.Write(ready.WrittenSpan);
        return count;
    }

    private int WriteMessages()
    {
        if (_sending is not { } deliveries)
            return 0;

        // Until something is written or nothing is left: dropped messages alone must not end the loop above.
        var count = 0;
        var batch = _spareBatch ??= [];
        do
        {
            batch.Clear();
            deliveries.Take(batch, BatchBytes);
            foreach (var publish in batch)
            {
                if (TryWrite(publish))
                    count++;
                else
                    deliveries.Drop(publish);
            }
        }
        while (count == 0 && batch.Count > 0);

        batch.Clear();
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
