using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class ConnectTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task CONNACK_tells_what_this_server_can_and_cannot_do()
    {
        var answer = await _gateway.Open().Connect("c");
        Assert.Equal(MqttReasonCode.Success, answer.Code);
        Assert.Equal(100u, answer.Numbers[MqttPropertyId.ReceiveMaximum]);
        Assert.Equal(262_144u, answer.Numbers[MqttPropertyId.MaximumPacketSize]);
        Assert.False(answer.Numbers.ContainsKey(MqttPropertyId.MaximumQoS)); // 3.2.2.3.4: absent means 2
        Assert.Equal(1u, answer.Numbers[MqttPropertyId.RetainAvailable]);
        Assert.Equal(1u, answer.Numbers[MqttPropertyId.WildcardSubscriptionAvailable]);
        Assert.Equal(1u, answer.Numbers[MqttPropertyId.SharedSubscriptionAvailable]);
        Assert.Equal(10u, answer.Numbers[MqttPropertyId.TopicAliasMaximum]);
        Assert.False(answer.Numbers.ContainsKey(MqttPropertyId.SessionExpiryInterval));
        Assert.False(answer.Numbers.ContainsKey(MqttPropertyId.ServerKeepAlive));
        Assert.Null(answer.AssignedClientId);
    }

    [Fact]
    public async Task A_client_without_an_id_is_given_one_that_takes_over_from_nobody()
    {
        var first = _gateway.Open();
        var second = _gateway.Open();
        var firstId = (await first.Connect("")).AssignedClientId;
        var secondId = (await second.Connect("")).AssignedClientId;
        Assert.NotNull(firstId);
        Assert.NotEqual(firstId, secondId);
        await first.Ping();
        await second.Ping();
    }

    [Fact]
    public async Task A_client_of_3_1_1_without_an_id_is_let_in()
    {
        var client = _gateway.Open(MqttVersion.V311);
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("")).Code);
        await client.Ping();
    }

    [Theory]
    [InlineData(MqttVersion.V5, null, MqttReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V5, "wrong", MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttVersion.V311, null, MqttReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V311, "wrong", MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttVersion.V311, "secret", MqttReasonCode.Success)]
    public async Task Where_there_is_an_access_key_a_client_has_to_give_it(MqttVersion version, string? password, MqttReasonCode expected)
    {
        await using var gateway = new TestGateway(("Access:ApiKey", "secret"));
        var client = gateway.Open(version);
        Assert.Equal(expected, (await client.Connect("c", password: password)).Code);
        if (expected == MqttReasonCode.Success)
            await client.Ping();
        else
            await client.ExpectClosed();
    }

    [Fact]
    public async Task A_second_connection_of_one_id_takes_over_and_the_device_was_never_away()
    {
        var first = await _gateway.Connect("pump-1");
        var old = (TwinCommand.OpenSession)(await _gateway.Twins.Next<TwinCommand.OpenSession>()).Command;
        var second = await _gateway.Connect("pump-1");

        Assert.Equal(MqttReasonCode.SessionTakenOver, (await first.Expect(MqttPacketType.Disconnect)).Code);
        await first.ExpectClosed();

        // The new session opens before the old one closes: the twin then knows that the end of the old one says nothing.
        var opened = (TwinCommand.OpenSession)(await _gateway.Twins.Next<TwinCommand.OpenSession>()).Command;
        var closed = (TwinCommand.CloseSession)(await _gateway.Twins.Next<TwinCommand.CloseSession>()).Command;
        Assert.NotEqual(old.Session, opened.Session);
        Assert.Equal((old.Session, "taken over"), (closed.Session, closed.Reason));
        await second.Ping();
        Assert.Equal(1, _gateway.Twins.ClosedSessions);
    }

    [Fact]
    public async Task A_connection_to_one_gateway_is_never_taken_for_one_to_another()
    {
        await using var other = new TestGateway();
        await _gateway.Connect("pump-1");
        await other.Connect("pump-1");

        var here = (TwinCommand.OpenSession)(await _gateway.Twins.Next<TwinCommand.OpenSession>()).Command;
        var there = (TwinCommand.OpenSession)(await other.Twins.Next<TwinCommand.OpenSession>()).Command;

        Assert.NotEqual(here.Session, there.Session);
        Assert.Equal(_gateway.Services.GetRequiredService<GatewayRun>().Value, here.Session.Run);
        Assert.Equal(other.Services.GetRequiredService<GatewayRun>().Value, there.Session.Run);
    }

    [Fact]
    public async Task Many_connections_of_one_id_at_once_leave_exactly_one()
    {
        var clients = Enumerable.Range(0, 20).Select(_ => _gateway.Open(MqttVersion.V311)).ToList();
        await Task.WhenAll(clients.Select(client => client.Send(new ConnectPacket { CleanStart = true, ClientId = "same"u8 })));
        while (clients.Count > 1)
        {
            var ended = await Task.WhenAny(clients.Select(client => client.ServerSide)).Within($"{clients.Count - 1} of the connections to end");
            clients.RemoveAll(client => client.ServerSide == ended);
        }

        Assert.Equal(MqttReasonCode.Success, (await clients[0].Expect(MqttPacketType.ConnAck)).Code);
        await clients[0].Ping();
    }

    [Theory]
    [InlineData("disconnected")]
    [InlineData("connection lost")]
    [InlineData("keep-alive ran out")]
    public async Task The_twin_learns_why_its_device_went(string reason)
    {
        var client = _gateway.Open();
        await client.Connect("pump-1", keepAlive: 10);
        var opened = (TwinCommand.OpenSession)(await _gateway.Twins.Next<TwinCommand.OpenSession>()).Command;
        switch (reason)
        {
            case "disconnected":
                await client.Disconnect();
                break;
            case "connection lost":
                await client.Drop();
                break;
            default:
                _gateway.Time.Advance(TimeSpan.FromSeconds(15));
                break;
        }

        var closed = (TwinCommand.CloseSession)(await _gateway.Twins.Next<TwinCommand.CloseSession>()).Command;
        Assert.Equal((opened.Session, reason), (closed.Session, closed.Reason));
    }

    [Fact]
    public async Task A_client_whose_id_is_no_device_id_opens_no_session()
    {
        await _gateway.Connect("not a device");
        await _gateway.Connect("device");
        Assert.Equal("device", (await _gateway.Twins.Next<TwinCommand.OpenSession>()).Device.Value);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task While_twins_are_unavailable_their_devices_are_asked_to_come_later(MqttVersion version)
    {
        _gateway.Twins.RefusesSessions = true;
        var client = _gateway.Open(version);
        Assert.Equal(MqttReasonCode.ServerUnavailable, (await client.Connect("pump-1")).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Keep_alive_runs_out_after_one_and_a_half_times_of_silence_and_any_packet_starts_it_anew()
    {
        var client = _gateway.Open();
        await client.Connect("c", keepAlive: 10);
        _gateway.Time.Advance(TimeSpan.FromSeconds(14));
        await client.Ping();
        _gateway.Time.Advance(TimeSpan.FromSeconds(14));
        await client.Publish("any", "x", packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
        _gateway.Time.Advance(TimeSpan.FromSeconds(14.9));
        await client.Ping();
        _gateway.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_client_without_keep_alive_may_be_silent()
    {
        var client = await _gateway.Connect("c");
        _gateway.Time.Advance(TimeSpan.FromDays(2));
        await client.Ping();
    }

    [Fact]
    public async Task While_the_gateway_does_not_read_silence_is_not_held_against_the_client()
    {
        await using var gateway = new TestGateway(("Gateway:ReceiveMaximum", "1"));
        gateway.Twins.HoldsReadings = true;
        var client = gateway.Open(MqttVersion.V311, readsInline: true); // one of 5.0 would know better than to send two
        await client.Connect("pump-1", keepAlive: 10);
        client.GatherPublish("devices/pump-1/monitoring", """{"t": 1}""", packetId: 1);
        client.GatherPublish("devices/pump-1/monitoring", """{"t": 2}""", packetId: 2);
        await client.SendGathered();
        var first = await gateway.Twins.Next<TwinCommand.Ingest>();

        gateway.Time.Advance(TimeSpan.FromMinutes(5));
        first.Accept();
        await client.Expect(MqttPacketType.PubAck);
        (await gateway.Twins.Next<TwinCommand.Ingest>()).Accept();
        await client.Expect(MqttPacketType.PubAck);
    }

    [Fact]
    public async Task A_connection_that_does_not_say_CONNECT_in_time_is_closed_even_if_it_trickles()
    {
        var client = _gateway.Open();
        await client.Send([0x10]);
        _gateway.Time.Advance(TimeSpan.FromSeconds(6));
        await client.Send([0x20]);
        _gateway.Time.Advance(TimeSpan.FromSeconds(4));
        await client.ExpectClosed();
    }
}
