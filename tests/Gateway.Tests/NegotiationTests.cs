using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

/// <summary>What CONNECT and CONNACK agree on, and what is passed on from publisher to subscriber.</summary>
public sealed class NegotiationTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new(("Gateway:MaxKeepAlive", "00:01:00"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-3.2.2-21], [MQTT-3.2.2-22], [MQTT-3.1.2-21]
    [Theory]
    [InlineData(120, 60)]
    [InlineData(0, 60)]
    [InlineData(30, null)]
    [InlineData(60, null)]
    public async Task A_keep_alive_above_the_servers_is_replaced_by_it(ushort asked, int? told)
    {
        var client = _gateway.Open();
        var answer = await client.Connect("c", keepAlive: asked);
        Assert.Equal(told, answer.Numbers.TryGetValue(MqttPropertyId.ServerKeepAlive, out var seconds) ? (int)seconds : null);
        _gateway.Time.Advance(TimeSpan.FromSeconds(1.5 * (told ?? asked)));
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, (await client.Expect(MqttPacketType.Disconnect)).Code);
    }

    // 3.1.1 has no server keep alive: its client's counts, and 0 is none.
    [Fact]
    public async Task A_client_of_3_1_1_keeps_its_own_keep_alive()
    {
        var client = await _gateway.Connect("c", MqttVersion.V311);
        _gateway.Time.Advance(TimeSpan.FromHours(1));
        await client.Ping();
    }

    // 3.1.1 [MQTT-3.1.3-8]
    [Fact]
    public async Task A_client_of_3_1_1_without_an_id_that_wants_its_session_kept_is_refused_with_2()
    {
        var client = _gateway.Open(MqttVersion.V311);
        byte[] body = [0, 4, .. "MQTT"u8, 4, 0, 0, 0, 0, 0];
        await client.Send([0x10, (byte)body.Length, .. body]);
        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();
    }

    // [MQTT-3.1.3-6], [MQTT-3.2.2-16]: in 5.0 it is given one, and its session is found under it.
    [Fact]
    public async Task An_assigned_id_is_good_for_coming_back()
    {
        var client = _gateway.Open();
        var id = (await client.Connect("", expiry: 100, clean: false)).AssignedClientId!;
        await client.Leave();
        var back = _gateway.Open();
        var answer = await back.Connect(id, expiry: 100, clean: false);
        Assert.Equal((true, null), (answer.SessionPresent, answer.AssignedClientId));
    }

    // [MQTT-3.1.2-1]; 3.1.1 [MQTT-3.1.2-1], [MQTT-3.1.2-2]
    [Theory]
    [InlineData("hj", 4, MqttVersion.V311)]
    [InlineData("MQTT", 3, MqttVersion.V311)]
    [InlineData("MQTT", 9, MqttVersion.V5)]
    public async Task Another_protocol_name_or_level_is_refused(string name, byte level, MqttVersion answerIn)
    {
        var client = _gateway.Open(answerIn);
        byte[] body = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), level, 2, 0, 0, 0, 0];
        await client.Send([0x10, (byte)body.Length, .. body]);
        Assert.Equal(MqttReasonCode.UnsupportedProtocolVersion, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();
    }

    // 3.1.2.9: allowed in 5.0. 3.1.1 [MQTT-3.1.2-22]: not there.
    [Theory]
    [InlineData(MqttVersion.V5, true)]
    [InlineData(MqttVersion.V311, false)]
    public async Task A_password_without_a_user_name_is_for_5_0_alone(MqttVersion version, bool isLetIn)
    {
        await using var gateway = new TestGateway(("Access:ApiKey", "secret"));
        var client = gateway.Open(version);
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8, HasPassword = true, Password = "secret"u8 });
        if (isLetIn)
            Assert.Equal(MqttReasonCode.Success, (await client.Expect(MqttPacketType.ConnAck)).Code);
        else
            await client.ExpectClosed();
    }

    // 4.12: no AUTH where CONNECT named no method
    [Fact]
    public async Task AUTH_without_a_method_in_CONNECT_is_a_protocol_error()
    {
        var client = await _gateway.Connect("c");
        await client.Send([0xF0, 0x02, 0x18, 0x00]);
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    // [MQTT-3.3.2-4], [MQTT-3.3.2-15], [MQTT-3.3.2-16], [MQTT-3.3.2-17], [MQTT-3.3.2-18], [MQTT-3.3.2-20]; 3.2.2.3.14: response information is optional
    [Fact]
    public async Task What_a_publisher_says_of_its_message_is_passed_on_unaltered()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.PayloadFormatIndicator, 1);
        MqttProperties.AppendUserProperty(properties, "b"u8, "2"u8);
        MqttProperties.Append(properties, MqttPropertyId.ResponseTopic, "answers/here"u8);
        MqttProperties.Append(properties, MqttPropertyId.CorrelationData, [0, 255]);
        MqttProperties.AppendUserProperty(properties, "a"u8, "1"u8);
        MqttProperties.Append(properties, MqttPropertyId.ContentType, "text/plain"u8);
        var connect = new ArrayBufferWriter<byte>();
        MqttProperties.Append(connect, MqttPropertyId.RequestResponseInformation, 1);
        var subscriber = _gateway.Open();
        await subscriber.Send(new ConnectPacket { CleanStart = true, ClientId = "s"u8, Properties = new MqttProperties(connect.WrittenSpan) });
        Assert.False((await subscriber.Expect(MqttPacketType.ConnAck)).Numbers.ContainsKey(MqttPropertyId.ResponseInformation));
        await subscriber.Subscribe("a");
        var publisher = await _gateway.Connect("publisher");
        await publisher.Send(new PublishPacket { Topic = "a"u8, Payload = "x"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        Assert.Equal(properties.WrittenSpan.ToArray(), (await subscriber.Expect(MqttPacketType.Publish)).Properties);
    }

    // [MQTT-3.3.2-14]
    [Fact]
    public async Task A_response_topic_with_a_wildcard_is_a_protocol_error()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.ResponseTopic, "a/#"u8);
        var client = await _gateway.Connect("c");
        await client.Send(new PublishPacket { Topic = "a"u8, Payload = "x"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
    }

    // 3.8.2.1.2
    [Fact]
    public async Task A_subscription_identifier_of_0_is_a_protocol_error()
    {
        var client = await _gateway.Connect("c");
        await client.Send([0x82, 0x09, 0x00, 0x01, 0x02, 0x0B, 0x00, 0x00, 0x01, (byte)'a', 0x00]);
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
    }

    // [MQTT-3.3.4-2], [MQTT-3.3.4-3], [MQTT-3.3.4-4]; 3.1.1 [MQTT-3.3.5-1]
    [Fact]
    public async Task One_copy_answers_all_matching_subscriptions_of_a_client_at_the_highest_QoS_and_names_them()
    {
        var subscriber = await _gateway.Connect("s");
        await subscriber.Subscribe("a/#", MqttQoS.AtMostOnce, identifier: 2);
        await subscriber.Subscribe("a/+", MqttQoS.AtLeastOnce, identifier: 3);
        await subscriber.Subscribe("+/b", MqttQoS.AtMostOnce);
        await subscriber.Subscribe("other", MqttQoS.AtMostOnce, identifier: 4);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a/b", "x", packetId: 1);
        var message = await subscriber.Expect(MqttPacketType.Publish);
        Assert.Equal(MqttQoS.AtLeastOnce, message.QoS);
        Assert.Equal([2u, 3u], message.Identifiers.Order());
        await subscriber.Ping(before: 0);
    }

    // Beyond a few subscriptions a dictionary finds those of one session: with the same outcome.
    [Fact]
    public async Task One_copy_each_goes_to_many_clients_with_many_matching_subscriptions()
    {
        var subscribers = new List<TestClient>();
        for (var n = 0; n < 12; n++)
        {
            var subscriber = await _gateway.Connect($"s{n}");
            await subscriber.Subscribe("a/#", MqttQoS.AtMostOnce, identifier: 1);
            await subscriber.Subscribe("a/+", MqttQoS.AtMostOnce, identifier: 2);
            subscribers.Add(subscriber);
        }

        await (await _gateway.Connect("publisher")).Publish("a/b", "x");
        foreach (var subscriber in subscribers)
        {
            Assert.Equal([1u, 2u], (await subscriber.Expect(MqttPacketType.Publish)).Identifiers.Order());
            await subscriber.Ping(before: 0);
        }
    }

    // [MQTT-3.1.2-29]: without problem information no reason string but in CONNACK and DISCONNECT
    [Fact]
    public async Task A_client_that_wants_no_problem_information_gets_codes_alone()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.RequestProblemInformation, 0);
        var client = _gateway.Open();
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        await client.Expect(MqttPacketType.ConnAck);
        await client.Publish("$SYS/x", "x", packetId: 1);
        var refused = await client.Expect(MqttPacketType.PubAck);
        Assert.Equal((MqttReasonCode.NotAuthorized, null), (refused.Code, refused.Reason));
        await client.Publish("$SYS/x", "x", packetId: 1, qos: MqttQoS.ExactlyOnce);
        refused = await client.Expect(MqttPacketType.PubRec);
        Assert.Equal((MqttReasonCode.NotAuthorized, null), (refused.Code, refused.Reason));
    }
}
