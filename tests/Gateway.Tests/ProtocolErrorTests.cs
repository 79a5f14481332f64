using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class ProtocolErrorTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    public static TheoryData<string, byte[], MqttReasonCode> Broken => new()
    {
        { "packet type 0", [0x00, 0x00], MqttReasonCode.MalformedPacket },
        { "a length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], MqttReasonCode.MalformedPacket },
        { "a PUBLISH shorter than its topic", [0x30, 0x03, 0x00, 0x05, (byte)'a'], MqttReasonCode.MalformedPacket },
        { "a topic that is not UTF-8", [0x30, 0x05, 0x00, 0x02, 0xC3, 0x28, 0x00], MqttReasonCode.MalformedPacket },
        { "a topic with a wildcard", [0x30, 0x05, 0x00, 0x02, (byte)'a', (byte)'#', 0x00], MqttReasonCode.TopicNameInvalid },
        { "QoS 3", [0x36, 0x00], MqttReasonCode.MalformedPacket },
        { "packet identifier 0", [0x32, 0x06, 0x00, 0x01, (byte)'a', 0x00, 0x00, 0x00], MqttReasonCode.ProtocolError },
        { "a SUBSCRIBE without filters", [0x82, 0x03, 0x00, 0x01, 0x00], MqttReasonCode.ProtocolError },
        { "an UNSUBSCRIBE without filters", [0xA2, 0x03, 0x00, 0x01, 0x00], MqttReasonCode.ProtocolError },
        { "a packet that only servers send", [0xD0, 0x00], MqttReasonCode.ProtocolError },
        { "a packet above the limit", [0x30, 0x80, 0x80, 0x10], MqttReasonCode.PacketTooLarge },
    };

    public static TheoryData<string, byte[], MqttReasonCode> BrokenIn5 => new()
    {
        { "a topic alias above the limit", [0x30, 0x07, 0x00, 0x01, (byte)'a', 0x03, 0x23, 0x00, 0x0B], MqttReasonCode.TopicAliasInvalid },
        { "a subscription identifier in a PUBLISH", [0x30, 0x06, 0x00, 0x01, (byte)'a', 0x02, 0x0B, 0x01], MqttReasonCode.ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    [MemberData(nameof(BrokenIn5))]
    public async Task Broken_packets_end_their_connection_with_the_reason_and_no_other(string what, byte[] bytes, MqttReasonCode reason)
    {
        var bystander = await _gateway.Connect("bystander");
        var client = await _gateway.Connect("broken");
        await client.Send(bytes);
        var goodbye = await client.Expect(MqttPacketType.Disconnect);
        Assert.True(goodbye.Code == reason, $"{what}: {goodbye}");
        await client.ExpectClosed();
        await bystander.Ping();
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_client_of_3_1_1_is_disconnected_without_a_word(string what, byte[] bytes, MqttReasonCode reason)
    {
        _ = (what, reason);
        var client = await _gateway.Connect("broken", MqttVersion.V311);
        await client.Send(bytes);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Protocol_errors_are_counted_by_reason()
    {
        using var errors = new MeterWatch("orleansiot_mqtt_protocol_errors");
        var before = errors["TopicAliasInvalid"];
        var client = await _gateway.Connect("broken");
        await client.Send([0x30, 0x07, 0x00, 0x01, (byte)'a', 0x03, 0x23, 0x00, 0x0B]);
        await client.Expect(MqttPacketType.Disconnect);
        await client.ExpectClosed();
        Assert.True(errors["TopicAliasInvalid"] > before);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("\u00c0\u0000")]
    public async Task What_does_not_begin_with_CONNECT_is_closed(string bytes)
    {
        var client = _gateway.Open(MqttVersion.V311);
        await client.Send(Encoding.Latin1.GetBytes(bytes));
        await client.ExpectClosed();
    }

    [Theory]
    [InlineData(3, "MQIsdp", MqttVersion.V311)]
    [InlineData(6, "MQTT", MqttVersion.V5)]
    public async Task Another_version_of_MQTT_is_told_so(byte level, string name, MqttVersion answerVersion)
    {
        var client = _gateway.Open(answerVersion);
        byte[] body = [0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), level, 2, 0, 0, 0, 0];
        await client.Send([0x10, (byte)body.Length, .. body]);
        Assert.Equal(MqttReasonCode.UnsupportedProtocolVersion, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_second_CONNECT_is_a_protocol_error()
    {
        var client = await _gateway.Connect("c");
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8 });
        Assert.Equal(MqttReasonCode.ProtocolError, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Enhanced_authentication_is_refused()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.AuthenticationMethod, "SCRAM-SHA-256"u8);
        var client = _gateway.Open();
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8, Properties = new MqttProperties(properties.WrittenSpan) });
        Assert.Equal(MqttReasonCode.BadAuthenticationMethod, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Packets_may_come_byte_by_byte()
    {
        var client = _gateway.Open();
        var bytes = new ArrayBufferWriter<byte>();
        bytes.WritePacket(new ConnectPacket { CleanStart = true, ClientId = "slow"u8 }, MqttVersion.V5);
        bytes.WritePacket(new PublishPacket { Topic = "devices/slow/monitoring"u8, Payload = "{\"t\":1}"u8, QoS = MqttQoS.AtLeastOnce, PacketId = 9 }, MqttVersion.V5);
        foreach (var b in bytes.WrittenSpan.ToArray())
            await client.Send([b]);
        await client.Expect(MqttPacketType.ConnAck);
        Assert.Equal(9, (await client.Expect(MqttPacketType.PubAck)).Id);
    }
}
