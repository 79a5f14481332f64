using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>A client id is connected to one gateway at a time ([MQTT-3.1.4-3]; 3.1.1: -2).</summary>
public sealed class PeerTakeOverTests : IAsyncLifetime
{
    private readonly PeerHub _hub = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_connection_to_another_gateway_takes_over(MqttVersion version)
    {
        var gateways = await _hub.Joined("one", "two");
        var first = await gateways[0].Connect("pump-1", version);
        var old = (TwinCommand.OpenSession)(await gateways[0].Twins.Next<TwinCommand.OpenSession>()).Command;
        gateways[1].Time.Advance(TimeSpan.FromSeconds(1)); // it need not have heard of the first yet
        var second = await gateways[1].Connect("pump-1", version);
        await gateways[1].Twins.Next<TwinCommand.OpenSession>();

        if (version == MqttVersion.V5)
            Assert.Equal(MqttReasonCode.SessionTakenOver, (await first.Expect(MqttPacketType.Disconnect)).Code);
        await first.ExpectClosed();
        await second.Ping();

        // The other gateway cannot know that session, so it is closed where it was opened; after the new one has been opened.
        var closed = (TwinCommand.CloseSession)(await gateways[0].Twins.Next<TwinCommand.CloseSession>()).Command;
        Assert.Equal(old.Session, closed.Session);
        Assert.Equal(0, gateways[1].Twins.ClosedSessions);
    }

    [Fact]
    public async Task Where_both_gateways_meet_later_the_later_connection_stays()
    {
        var one = _hub.Add("one");
        var two = _hub.Add("two");
        var early = await one.Connect("early-at-one");
        var stays = await two.Connect("late-at-two");
        one.Time.Advance(TimeSpan.FromSeconds(1));
        two.Time.Advance(TimeSpan.FromSeconds(1));
        var late = await two.Connect("early-at-one");
        await _hub.Join("one", "two");

        Assert.Equal(MqttReasonCode.SessionTakenOver, (await early.Expect(MqttPacketType.Disconnect)).Code);
        await late.Ping();
        await stays.Ping();
    }

    [Fact]
    public async Task Many_connections_of_one_id_to_several_gateways_leave_exactly_one()
    {
        var gateways = await _hub.Joined("one", "two", "three");
        var clients = Enumerable.Range(0, 15).Select(n => gateways[n % 3].Open()).ToList();
        await Task.WhenAll(clients.Select(client => client.Send(new ConnectPacket { CleanStart = true, ClientId = "same"u8 })));
        while (clients.Count > 1)
        {
            var ended = await Task.WhenAny(clients.Select(client => client.ServerSide)).Within("the end of one more connection");
            clients.RemoveAll(client => client.ServerSide == ended);
        }

        await clients[0].Expect(MqttPacketType.ConnAck);
        await clients[0].Ping();
    }

    [Fact]
    public async Task An_id_that_a_gateway_gave_out_is_nobodys_elsewhere()
    {
        var gateways = await _hub.Joined("one", "two");
        var named = await gateways[0].Connect("named");
        var sends = _hub.Between("two", "one").Sends;
        var unnamed = gateways[1].Open();
        await unnamed.Connect("");
        await unnamed.Ping();
        Assert.Equal(sends, _hub.Between("two", "one").Sends);
        await named.Ping();
    }
}
