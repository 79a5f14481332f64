using System.Buffers;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class WillTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // [MQTT-3.1.2-8], 3.1.3.2.2: the delay or the end of the session, whichever comes first.
    [Theory]
    [InlineData(10, 100, 10)]
    [InlineData(10, 5, 5)]
    [InlineData(10, 10, 10)]
    public async Task A_will_waits_for_its_delay_or_for_the_end_of_the_session(uint delay, uint expiry, int due)
    {
        var watcher = await Watcher();
        await Vanish("doomed", delay, expiry);
        _gateway.Time.Advance(TimeSpan.FromSeconds(due - 1));
        await watcher.Ping(before: 0);
        _gateway.Time.Advance(TimeSpan.FromSeconds(1));
        var will = await watcher.Expect(MqttPacketType.Publish);
        Assert.Equal(("gone", MqttQoS.ExactlyOnce), (will.Payload, will.QoS));
        Assert.Empty(will.Numbers);
        _gateway.Time.Advance(TimeSpan.FromSeconds(200));
        await watcher.CompleteQoS2(will.Id);
        await watcher.Ping(before: 0);
    }

    // 3.1.3.2.2: without a session to wait in there is no delay.
    [Fact]
    public async Task A_will_of_a_session_that_ends_with_its_connection_is_published_at_once()
    {
        var watcher = await Watcher();
        await Vanish("doomed", delay: 10, expiry: 0);
        Assert.Equal("gone", (await watcher.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.1.3-9]
    [Fact]
    public async Task A_client_that_is_back_in_time_has_no_will_published()
    {
        var watcher = await Watcher();
        await Vanish("doomed", delay: 10, expiry: 100);
        _gateway.Time.Advance(TimeSpan.FromSeconds(9));
        var back = _gateway.Open();
        Assert.True((await back.Connect("doomed", expiry: 100, clean: false)).SessionPresent);
        _gateway.Time.Advance(TimeSpan.FromSeconds(20));
        await watcher.Ping(before: 0);
    }

    // 3.1.2.5: a clean start ends the session, and with it the delay.
    [Fact]
    public async Task A_client_that_starts_anew_has_its_will_published()
    {
        var watcher = await Watcher();
        await Vanish("doomed", delay: 10, expiry: 100);
        await _gateway.Connect("doomed");
        Assert.Equal("gone", (await watcher.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-3.1.2-10] (3.1.1: the same), 3.14.2.1 0x04
    [Theory]
    [InlineData(MqttReasonCode.Success, false)]
    [InlineData(MqttReasonCode.DisconnectWithWill, true)]
    public async Task A_goodbye_calls_the_will_off_unless_it_asks_for_it(MqttReasonCode goodbye, bool isPublished)
    {
        var watcher = await Watcher();
        var client = _gateway.Open();
        await client.Connect("doomed", expiry: 100, will: ("will", "gone"), willDelay: 10, willQoS: MqttQoS.ExactlyOnce);
        await client.Leave(goodbye);
        _gateway.Time.Advance(TimeSpan.FromSeconds(10));
        if (isPublished)
            await watcher.CompleteQoS2((await watcher.Expect(MqttPacketType.Publish)).Id);
        await watcher.Ping(before: 0);
    }

    // 3.1.3.2: its properties are those of the message.
    [Fact]
    public async Task A_will_carries_all_its_properties()
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.PayloadFormatIndicator, 1);
        MqttProperties.Append(properties, MqttPropertyId.ContentType, "text"u8);
        MqttProperties.Append(properties, MqttPropertyId.ResponseTopic, "r"u8);
        MqttProperties.Append(properties, MqttPropertyId.CorrelationData, [1, 2, 3]);
        MqttProperties.AppendUserProperty(properties, "a"u8, "2"u8);
        MqttProperties.AppendUserProperty(properties, "a"u8, "1"u8);
        var carried = properties.WrittenSpan.ToArray();
        MqttProperties.Append(properties, MqttPropertyId.MessageExpiryInterval, 7);
        MqttProperties.Append(properties, MqttPropertyId.WillDelayInterval, 3);

        var watcher = await Watcher();
        var client = _gateway.Open();
        await client.Send(new ConnectPacket
        {
            CleanStart = true,
            ClientId = "doomed"u8,
            HasWill = true,
            WillTopic = "will"u8,
            WillPayload = "gone"u8,
            WillRetain = true,
            WillProperties = new MqttProperties(properties.WrittenSpan),
        });
        await client.Expect(MqttPacketType.ConnAck);
        await client.Vanish();
        var will = await watcher.Expect(MqttPacketType.Publish);
        Assert.Equal(7u, will.Numbers[MqttPropertyId.MessageExpiryInterval]);
        Assert.Equal(carried, will.Properties[^carried.Length..]);

        // [MQTT-3.1.2-15]
        var late = await _gateway.Connect("late");
        await late.Subscribe("will", MqttQoS.AtMostOnce);
        Assert.True((await late.Expect(MqttPacketType.Publish)).Retain);
    }

    private async Task<TestClient> Watcher()
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe("will", MqttQoS.ExactlyOnce);
        return watcher;
    }

    private async Task Vanish(string clientId, uint delay, uint expiry)
    {
        var client = _gateway.Open();
        await client.Connect(clientId, expiry: expiry, will: ("will", "gone"), willDelay: delay, willQoS: MqttQoS.ExactlyOnce);
        await client.Vanish();
    }
}
