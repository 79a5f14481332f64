using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

/// <summary>Statements of both specifications on the beginning and the end of a connection that no other test shows.</summary>
public sealed class ClauseTestsOfConnections : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-3.1.4-1], [MQTT-3.1.2-3]; 3.1.1 [MQTT-3.1.4-1], [MQTT-3.1.2-3], [MQTT-3.2.2-6]: without CONNACK
    [Theory]
    [InlineData(MqttVersion.V311, 0x03, "000163", null)] // the reserved flag
    [InlineData(MqttVersion.V5, 0x03, "000163", MqttReasonCode.MalformedPacket)]
    [InlineData(MqttVersion.V311, 0x02, "0001FF", null)] // an id that is not UTF-8
    [InlineData(MqttVersion.V5, 0x02, "0001FF", MqttReasonCode.MalformedPacket)]
    [InlineData(MqttVersion.V311, 0xC2, "000163000175", null)] // no password
    [InlineData(MqttVersion.V5, 0xC2, "000163000175", MqttReasonCode.MalformedPacket)]
    [InlineData(MqttVersion.V311, 0x02, "00016300", null)] // something left over
    [InlineData(MqttVersion.V5, 0x02, "00016300", MqttReasonCode.MalformedPacket)]
    public async Task A_CONNECT_that_breaks_the_format_is_not_let_in(MqttVersion version, byte flags, string payload, MqttReasonCode? answer)
    {
        var client = _gateway.Open(version);
        byte[] level = version == MqttVersion.V5 ? [5, flags, 0, 0, 0] : [4, flags, 0, 0];
        byte[] body = [0, 4, .. "MQTT"u8, .. level, .. Convert.FromHexString(payload)];
        await client.Send([0x10, (byte)body.Length, .. body]);
        if (answer is { } code)
            Assert.Equal(code, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();
    }

    // [MQTT-3.1.4-6]; 3.1.1 [MQTT-3.1.4-5]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task What_comes_after_a_CONNECT_that_was_refused_is_not_looked_at(MqttVersion version)
    {
        await using var gateway = new TestGateway(("Access:ApiKey", "secret"));
        var client = gateway.Open(version);
        client.Gather(new ConnectPacket { CleanStart = true, ClientId = "c"u8 });
        client.GatherPublish("a", "x", retain: true);
        await client.SendGathered();
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Expect(MqttPacketType.ConnAck)).Code);
        await client.ExpectClosed();

        var watcher = gateway.Open();
        await watcher.Connect("watcher", password: "secret");
        await watcher.Subscribe("a");
        await watcher.Ping(before: 0);
    }

    // 3.1.1 [MQTT-3.1.0-2], [MQTT-3.1.2-8]: it ends as any other that breaks a rule does.
    [Fact]
    public async Task A_second_CONNECT_ends_a_connection_of_3_1_1_and_its_will_is_published()
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("will", MqttQoS.AtMostOnce);
        var client = _gateway.Open(MqttVersion.V311);
        await client.Connect("c", will: ("will", "gone"));
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8 });
        await client.ExpectClosed();
        Assert.Equal("gone", (await watcher.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.1.3-5] (3.1.1: the same)
    [Theory]
    [InlineData("0")]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    public async Task An_id_of_1_to_23_letters_and_digits_is_accepted(string id)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
            await (await _gateway.Connect(id, version)).Leave();
    }

    // [MQTT-3.1.3-8]; 3.1.1 [MQTT-3.1.3-9]
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task An_id_that_is_refused_is_told_so(MqttVersion version)
    {
        var client = _gateway.Open(version);
        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await client.Connect("a+b")).Code);
        await client.ExpectClosed();
    }

    // 3.1.1 [MQTT-3.1.2-24]
    [Fact]
    public async Task Keep_alive_of_3_1_1_runs_out_after_one_and_a_half_times_of_silence()
    {
        var client = _gateway.Open(MqttVersion.V311);
        await client.Connect("c", keepAlive: 10);
        _gateway.Time.Advance(TimeSpan.FromSeconds(14.9));
        await client.Ping();
        _gateway.Time.Advance(TimeSpan.FromSeconds(15));
        await client.ExpectClosed();
    }

    // [MQTT-2.1.3-1], [MQTT-3.6.1-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1], [MQTT-3.14.1-1], [MQTT-3.15.1-1]; 3.1.1 [MQTT-2.2.2-2], [MQTT-3.6.1-1],
    // [MQTT-3.8.1-1], [MQTT-3.10.1-1], [MQTT-3.14.1-1]
    [Theory]
    [InlineData("60020001")] // PUBREL
    [InlineData("8006000100016100")] // SUBSCRIBE
    [InlineData("A005000100016100")] // UNSUBSCRIBE
    [InlineData("C100")] // PINGREQ
    [InlineData("E100")] // DISCONNECT
    [InlineData("F100")] // AUTH
    public async Task Reserved_bits_of_the_first_byte_end_the_connection(string packet)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var client = await _gateway.Connect("c", version);
            await client.Send(Convert.FromHexString(packet));
            if (version == MqttVersion.V5)
                Assert.Equal(MqttReasonCode.MalformedPacket, (await client.Expect(MqttPacketType.Disconnect)).Code);
            await client.ExpectClosed();
        }
    }

    // [MQTT-3.2.2-19], [MQTT-3.4.2-2], [MQTT-3.5.2-2], [MQTT-3.14.2-3]: no reason string that would make the packet larger than the client takes.
    // [MQTT-3.2.2-20], [MQTT-3.4.2-3], [MQTT-3.5.2-3], [MQTT-3.14.2-4], [MQTT-3.14.2-2]: nor anything else.
    [Theory]
    [InlineData(32, false)]
    [InlineData(1_000, true)]
    public async Task The_server_says_why_where_the_client_takes_it_and_nothing_else(int maxPacket, bool isTold)
    {
        var client = _gateway.Open();
        await client.Connect("c", maxPacket: maxPacket);
        await client.Publish("$SYS/x", "x", packetId: 1);
        Says(await client.Expect(MqttPacketType.PubAck), MqttReasonCode.NotAuthorized);
        await client.Publish("$SYS/x", "x", packetId: 2, qos: MqttQoS.ExactlyOnce);
        Says(await client.Expect(MqttPacketType.PubRec), MqttReasonCode.NotAuthorized);
        await client.Send(PingPacket.Response);
        Says(await client.Expect(MqttPacketType.Disconnect), MqttReasonCode.ProtocolError);

        await using var closed = new TestGateway(("Access:ApiKey", "secret"));
        Says(await closed.Open().Connect("c", maxPacket: maxPacket), MqttReasonCode.NotAuthorized);

        void Says(ReceivedPacket packet, MqttReasonCode code)
        {
            Assert.Equal(code, packet.Code);
            Assert.InRange(packet.Size, 1, maxPacket);
            Assert.Equal(isTold, packet.Reason is not null);
            byte[] reason = Encoding.UTF8.GetBytes(packet.Reason ?? "");
            Assert.Equal(isTold ? [0x1F, (byte)(reason.Length >> 8), (byte)reason.Length, .. reason] : [], packet.Properties);
        }
    }

    // [MQTT-3.1.2-24]: not CONNACK either.
    [Fact]
    public async Task A_client_is_let_in_if_it_takes_all_of_its_CONNACK()
    {
        await using var gateway = new TestGateway(("Gateway:MaxKeepAlive", "00:01:00"), ("Gateway:MaxSessionExpiry", "1.00:00:00"));
        var largest = 0;
        for (var maxPacket = 1; maxPacket <= 100; maxPacket++)
        {
            var properties = new ArrayBufferWriter<byte>();
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, uint.MaxValue);
            MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, (uint)maxPacket);
            var client = gateway.Open();
            await client.Send(new ConnectPacket { CleanStart = true, ClientId = maxPacket % 2 == 0 ? "c"u8 : ""u8, Properties = new MqttProperties(properties.WrittenSpan) });
            if (maxPacket < 5)
            {
                await client.ExpectClosed();
                continue;
            }

            var answer = await client.Expect(MqttPacketType.ConnAck);
            Assert.InRange(answer.Size, 1, maxPacket);
            largest = Math.Max(largest, answer.Size);
            if (answer.Code == MqttReasonCode.Success)
                continue;
            Assert.Equal(MqttReasonCode.ImplementationSpecificError, answer.Code);
            Assert.InRange(maxPacket, 1, 71);
            await client.ExpectClosed();
        }

        // A client that takes as much as the largest CONNACK has is not turned away, and one that takes less would be.
        Assert.Equal(72, largest);
    }

    // [MQTT-3.2.2-13]
    [Fact]
    public async Task A_will_that_is_to_be_retained_is_refused_where_nothing_is()
    {
        await using var gateway = new TestGateway(("Gateway:RetainedMessages", "0"));
        var refused = gateway.Open();
        Assert.Equal(MqttReasonCode.RetainNotSupported, (await refused.Connect("c", will: ("will", "gone"), willRetain: true)).Code);
        await refused.ExpectClosed();
        var answer = await gateway.Open().Connect("c", will: ("will", "gone"));
        Assert.Equal((MqttReasonCode.Success, 0u), (answer.Code, answer.Numbers[MqttPropertyId.RetainAvailable]));
    }
}
