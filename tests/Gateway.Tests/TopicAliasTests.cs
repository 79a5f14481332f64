using System.Buffers;
using System.Text;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

public sealed class TopicAliasTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new(("Gateway:TopicAliasMaximum", "2"));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    // 3.3.2.3.4, [MQTT-3.3.2-12]
    [Fact]
    public async Task A_client_may_name_a_topic_by_an_alias_and_set_it_anew()
    {
        var subscriber = await _gateway.Connect("subscriber");
        await subscriber.Subscribe("#", MqttQoS.AtMostOnce);
        var client = await _gateway.Connect("c");
        await Publish(client, "a", 1);
        await Publish(client, "", 1);
        await Publish(client, "b", 2);
        await Publish(client, "c", 1);
        await Publish(client, "", 1);
        await Publish(client, "", 2);
        foreach (var topic in "aabccb")
        {
            var message = await subscriber.Expect(MqttPacketType.Publish);
            Assert.Equal($"{topic}", message.Topic);
            Assert.Empty(message.Numbers); // an alias is of one connection
        }
    }

    // [MQTT-3.3.2-8], [MQTT-3.3.2-9], [MQTT-3.3.2-7]; 3.3.4: an alias that was never set is a protocol error
    [Theory]
    [InlineData("a", 0, MqttReasonCode.TopicAliasInvalid)]
    [InlineData("a", 3, MqttReasonCode.TopicAliasInvalid)]
    [InlineData("", 2, MqttReasonCode.ProtocolError)]
    public async Task An_alias_that_was_not_offered_or_never_set_ends_the_connection(string topic, ushort alias, MqttReasonCode reason)
    {
        var earlier = await _gateway.Connect("c");
        await Publish(earlier, "a", 2);
        await earlier.Leave();
        var client = await _gateway.Connect("c");
        await Publish(client, topic, alias);
        Assert.Equal(reason, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    // [MQTT-3.1.2-26], [MQTT-3.1.2-27], [MQTT-3.3.2-10]
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_server_uses_as_many_aliases_as_the_client_takes(int maximum)
    {
        var subscriber = _gateway.Open();
        await subscriber.Connect("subscriber", aliases: maximum);
        await subscriber.Subscribe("#", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher");
        foreach (var topic in new[] { "a", "b", "a", "b" })
            await publisher.Publish(topic, topic);

        for (var i = 0; i < 4; i++)
        {
            var message = await subscriber.Expect(MqttPacketType.Publish);
            var number = message.Payload == "a" ? 1u : 2u;
            if (number > maximum)
                Assert.Equal((message.Payload, false), (message.Topic, message.Numbers.ContainsKey(MqttPropertyId.TopicAlias)));
            else
                Assert.Equal((i < 2 ? message.Payload : "", number), (message.Topic, message.Numbers[MqttPropertyId.TopicAlias]));
        }
    }

    // The client must have seen the topic with its alias; one that was too large for it was not sent.
    [Fact]
    public async Task A_message_that_is_left_out_sets_no_alias()
    {
        var subscriber = _gateway.Open();
        await subscriber.Connect("subscriber", aliases: 1, maxPacket: 50);
        await subscriber.Subscribe("a", MqttQoS.AtMostOnce);
        var publisher = await _gateway.Connect("publisher");
        await publisher.Publish("a", new string('x', 100));
        await publisher.Publish("a", "y");
        Assert.Equal("a", (await subscriber.Expect(MqttPacketType.Publish)).Topic);
    }

    private static Task Publish(TestClient client, string topic, ushort alias)
    {
        var properties = new ArrayBufferWriter<byte>();
        MqttProperties.Append(properties, MqttPropertyId.TopicAlias, alias);
        return client.Send(new PublishPacket { Topic = Encoding.UTF8.GetBytes(topic), Payload = "x"u8, Properties = new MqttProperties(properties.WrittenSpan) });
    }
}
