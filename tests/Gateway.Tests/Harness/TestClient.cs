using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Speaks MQTT byte by byte, right or wrong, over any transport.</summary>
/// <param name="sent">The way to the gateway, where it is one that can be watched.</param>
internal sealed class TestClient(IDuplexPipe transport, MqttVersion version, Task serverSide, WatchedPipe? sent = null)
{
    private readonly MqttFrameReader _frames = new(int.MaxValue);
    private readonly ArrayBufferWriter<byte> _gathered = new();

    public MqttVersion Version => version;

    /// <summary>Completes when the gateway is done with the connection.</summary>
    public Task ServerSide => serverSide;

    public PipeWriter Output => transport.Output;

    public async Task Send(byte[] bytes) => await transport.Output.WriteAsync(bytes);

    public Task Send<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct
    {
        transport.Output.WritePacket(packet, version);
        return transport.Output.FlushAsync().AsTask();
    }

    /// <summary>Puts packets into one write: see <see cref="SendGathered"/>.</summary>
    public void Gather<TPacket>(scoped in TPacket packet)
        where TPacket : IMqttPacket, allows ref struct => _gathered.WritePacket(packet, version);

    public async Task SendGathered()
    {
        await Send(_gathered.WrittenSpan.ToArray());
        _gathered.ResetWrittenCount();
    }

    /// <param name="expiry">The session expiry interval of MQTT 5; in 3.1.1 <paramref name="clean"/> alone counts.</param>
    /// <param name="will">With QoS 1 unless said otherwise.</param>
    public async Task<ReceivedPacket> Connect(
        string clientId, ushort keepAlive = 0, string? password = null, (string Topic, string Payload)? will = null, int receiveMaximum = 0, bool clean = true,
        uint expiry = 0, int aliases = 0, uint willDelay = 0, MqttQoS willQoS = MqttQoS.AtLeastOnce, int maxPacket = 0, string userName = "any", bool willRetain = false)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (receiveMaximum > 0)
            MqttProperties.Append(properties, MqttPropertyId.ReceiveMaximum, (uint)receiveMaximum);
        if (expiry > 0)
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, expiry);
        if (aliases > 0)
            MqttProperties.Append(properties, MqttPropertyId.TopicAliasMaximum, (uint)aliases);
        if (maxPacket > 0)
            MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, (uint)maxPacket);
        var willProperties = new ArrayBufferWriter<byte>();
        if (willDelay > 0)
            MqttProperties.Append(willProperties, MqttPropertyId.WillDelayInterval, willDelay);

        await Send(new ConnectPacket
        {
            CleanStart = clean,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            KeepAlive = keepAlive,
            HasUserName = password is not null,
            UserName = Encoding.UTF8.GetBytes(userName),
            HasPassword = password is not null,
            Password = Encoding.UTF8.GetBytes(password ?? ""),
            HasWill = will is not null,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = Encoding.UTF8.GetBytes(will?.Payload ?? ""),
            WillQoS = will is null ? MqttQoS.AtMostOnce : willQoS,
            WillProperties = new MqttProperties(willProperties.WrittenSpan),
            WillRetain = willRetain,
            Properties = new MqttProperties(properties.WrittenSpan),
        });
        var answer = await Receive();
        Assert.Equal(MqttPacketType.ConnAck, answer.Type);
        await AtRest();
        return answer;
    }

    public Task Publish(string topic, string payload, ushort packetId = 0, bool dup = false, bool retain = false, MqttQoS? qos = null)
    {
        GatherPublish(topic, payload, packetId, dup, retain, qos);
        return SendGathered();
    }

    /// <summary>QoS 1 with a packet identifier, QoS 0 without.</summary>
    public void GatherPublish(string topic, string payload, ushort packetId = 0, bool dup = false, bool retain = false, MqttQoS? qos = null) => Gather(new PublishPacket
    {
        Topic = Encoding.UTF8.GetBytes(topic),
        Payload = Encoding.UTF8.GetBytes(payload),
        QoS = qos ?? (packetId == 0 ? MqttQoS.AtMostOnce : MqttQoS.AtLeastOnce),
        PacketId = packetId,
        Dup = dup,
        Retain = retain,
    });

    public async Task<ReceivedPacket> Subscribe(string filter, MqttQoS qos = MqttQoS.AtLeastOnce, SubscriptionOptions? options = null, uint identifier = 0)
    {
        var payload = new ArrayBufferWriter<byte>();
        SubscriptionList.Append(payload, Encoding.UTF8.GetBytes(filter), options ?? new SubscriptionOptions(qos));
        var properties = new ArrayBufferWriter<byte>();
        if (identifier > 0)
            MqttProperties.Append(properties, MqttPropertyId.SubscriptionIdentifier, identifier);
        await Send(new SubscribePacket { PacketId = 4_711, Subscriptions = new SubscriptionList(payload.WrittenSpan), Properties = new MqttProperties(properties.WrittenSpan) });
        return await Expect(MqttPacketType.SubAck);
    }

    public async Task<ReceivedPacket> Unsubscribe(string filter)
    {
        var payload = new ArrayBufferWriter<byte>();
        TopicFilterList.Append(payload, Encoding.UTF8.GetBytes(filter));
        await Send(new UnsubscribePacket { PacketId = 4_712, Filters = new TopicFilterList(payload.WrittenSpan) });
        return await Expect(MqttPacketType.UnsubAck);
    }

    public Task Acknowledge(MqttPacketType type, ushort packetId, MqttReasonCode code = MqttReasonCode.Success) =>
        Send(new AckPacket { Type = type, PacketId = packetId, ReasonCode = code });

    /// <summary>Takes a QoS 2 message to its end.</summary>
    public async Task CompleteQoS2(ushort packetId)
    {
        await Acknowledge(MqttPacketType.PubRec, packetId);
        Assert.Equal((MqttReasonCode.Success, packetId), await CodeAndId(MqttPacketType.PubRel));
        await Acknowledge(MqttPacketType.PubComp, packetId);
    }

    /// <summary>Publishes with QoS 2, to the end.</summary>
    public async Task PublishQoS2(string topic, string payload, ushort packetId, bool retain = false)
    {
        await Publish(topic, payload, packetId, retain: retain, qos: MqttQoS.ExactlyOnce);
        Assert.Equal(packetId, (await Expect(MqttPacketType.PubRec)).Id);
        await Acknowledge(MqttPacketType.PubRel, packetId);
        Assert.Equal((MqttReasonCode.Success, packetId), await CodeAndId(MqttPacketType.PubComp));
    }

    public async Task<(MqttReasonCode Code, ushort Id)> CodeAndId(MqttPacketType type)
    {
        var packet = await Expect(type);
        return (packet.Code, packet.Id);
    }

    /// <summary>Disconnects, and returns when the gateway is done with it.</summary>
    public async Task Leave(MqttReasonCode code = MqttReasonCode.Success)
    {
        await Disconnect(code);
        await serverSide.Within("the gateway's end of the connection");
    }

    /// <summary>Is gone without a word, and returns when the gateway is done with it.</summary>
    public async Task Vanish()
    {
        await Drop();
        await serverSide.Within("the gateway's end of the connection");
    }

    public Task Acknowledge(ushort packetId) => Send(new AckPacket { Type = MqttPacketType.PubAck, PacketId = packetId });

    /// <summary>Everything sent so far has been handled when this returns, and nothing but <paramref name="before"/> packets came before the answer.</summary>
    public async Task Ping(int before = 0)
    {
        await Send(PingPacket.Request);
        for (var i = 0; i < before; i++)
            Assert.NotEqual(MqttPacketType.PingResp, (await Receive()).Type);
        await Expect(MqttPacketType.PingResp);
        await AtRest();
    }

    /// <summary>
    /// An answer leaves while the gateway is still about what came with it: its timers may not be set yet, nor does it wait for more.
    /// Over a socket nobody can tell.
    /// </summary>
    public Task AtRest() => (sent?.AtRest() ?? Task.CompletedTask).Within("the gateway to be through with what was sent");

    public Task Disconnect(MqttReasonCode code = MqttReasonCode.Success) => Send(new DisconnectPacket { ReasonCode = code });

    /// <summary>Ends the transport without a word.</summary>
    public ValueTask Drop() => transport.Output.CompleteAsync();

    public async Task<ReceivedPacket> Expect(MqttPacketType type)
    {
        var packet = await Receive();
        Assert.True(packet.Type == type, $"{type} was expected, and {packet} came.");
        return packet;
    }

    public async Task<ReceivedPacket> Receive() =>
        await TryReceive() ?? throw new EndOfStreamException("A packet was expected, and the gateway closed the connection.");

    public async Task ExpectClosed()
    {
        var packet = await TryReceive();
        Assert.True(packet is null, $"The connection was to be closed, and {packet} came.");
        await serverSide.Within("the gateway's end of the connection");
    }

    private async Task<ReceivedPacket?> TryReceive()
    {
        while (true)
        {
            var result = await transport.Input.ReadAsync().AsTask().Within("a packet from the gateway");
            var buffer = result.Buffer;
            if (_frames.Read(ref buffer, out var frame, out var reason) == OperationStatus.Done)
            {
                var packet = ReceivedPacket.Read(frame, version);
                transport.Input.AdvanceTo(buffer.Start);
                return packet;
            }

            Assert.Equal(MqttReasonCode.Success, reason);
            transport.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return null;
        }
    }
}
