using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests;

/// <summary>In a cluster a session is where its client was last.</summary>
public sealed class PeerSessionTests : IAsyncLifetime
{
    private readonly PeerHub _hub = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_to_another_gateway_has_no_session_there_and_none_any_more_where_it_was(bool isStillConnected)
    {
        var gateways = await _hub.Joined("one", "two");
        var first = await Keep(gateways[0], expected: false);
        await first.Subscribe("a");
        if (!isStillConnected)
            await first.Leave();
        gateways[1].Time.Advance(TimeSpan.FromSeconds(1));
        var second = await Keep(gateways[1], expected: false);

        // What was told before this message has been heard when it comes.
        var watcher = await gateways[0].Connect("watcher");
        await watcher.Subscribe("fence");
        await second.Publish("fence", "x");
        await watcher.Expect(MqttPacketType.Publish);
        if (isStillConnected)
        {
            await first.Expect(MqttPacketType.Disconnect);
            await first.ExpectClosed();
        }

        gateways[0].Time.Advance(TimeSpan.FromSeconds(2));
        await second.Leave();
        await Keep(gateways[0], expected: false);
    }

    [Fact]
    public async Task A_client_that_came_back_keeps_its_session_when_the_gateway_of_an_earlier_connection_joins_late()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        var early = await Keep(one, expected: false);
        two.Time.Advance(TimeSpan.FromSeconds(1));
        await (await Keep(two, expected: false)).Leave();
        await _hub.Join("one", "two");
        await Keep(two, expected: true);
        await early.Expect(MqttPacketType.Disconnect);
    }

    [Fact]
    public async Task Shared_subscriptions_are_not_offered_in_a_cluster()
    {
        var gateways = await _hub.Joined("one", "two");
        var client = gateways[0].Open();
        Assert.Equal(0u, (await client.Connect("c")).Numbers[MqttPropertyId.SharedSubscriptionAvailable]);
        Assert.Equal([MqttReasonCode.SharedSubscriptionsNotSupported], (await client.Subscribe("$share/g/a")).Codes);
    }

    private static async Task<TestClient> Keep(TestGateway gateway, bool expected)
    {
        var client = gateway.Open();
        Assert.Equal(expected, (await client.Connect("c", expiry: 100, clean: false)).SessionPresent);
        return client;
    }
}
