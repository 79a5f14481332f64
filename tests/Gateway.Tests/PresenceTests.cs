using System.Text.Json;
using OrleansIot.Gateway.Presence;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class PresenceTests : IAsyncDisposable
{
    private const string Anything = "$aws/events/#";

    private readonly TestGateway _gateway = new();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Who_comes_and_goes_is_told_in_the_JSON_of_AWS()
    {
        await using var gateway = await ListeningGateway.Start();
        var (watching, watcher) = await SocketTransport.Open(gateway.Port);
        using var _ = watching;
        await watcher.Connect("watcher");
        await watcher.Subscribe(Anything, MqttQoS.AtMostOnce);
        await watcher.Expect(MqttPacketType.Publish); // its own subscription

        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var __ = transport;
        await client.Connect("pump-1");
        var (topic, connected) = await Event(watcher);
        Assert.Equal("$aws/events/presence/connected/pump-1", topic);
        var session = connected.GetProperty("sessionIdentifier").GetString();
        var at = connected.GetProperty("timestamp").GetInt64();
        Assert.Matches("^[0-9a-f]{32}$", session);
        Assert.InRange(at, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(
            $$"""{"clientId":"pump-1","timestamp":{{at}},"eventType":"connected","sessionIdentifier":"{{session}}","principalIdentifier":"anonymous","ipAddress":"127.0.0.1","versionNumber":0}""",
            connected.GetRawText());

        await client.Disconnect();
        (topic, var disconnected) = await Event(watcher);
        Assert.Equal("$aws/events/presence/disconnected/pump-1", topic);
        at = disconnected.GetProperty("timestamp").GetInt64();
        Assert.Equal(
            $$"""{"clientId":"pump-1","timestamp":{{at}},"eventType":"disconnected","sessionIdentifier":"{{session}}","principalIdentifier":"anonymous","clientInitiatedDisconnect":true,"disconnectReason":"CLIENT_INITIATED_DISCONNECT","versionNumber":0}""",
            disconnected.GetRawText());
    }

    [Fact]
    public async Task Events_name_who_a_client_acts_for()
    {
        await using var gateway = await ListeningGateway.Start("--Access:ApiKey", "a-key-of-some-length");
        var (watching, watcher) = await SocketTransport.Open(gateway.Port);
        using var _ = watching;
        await watcher.Connect("watcher", password: "a-key-of-some-length");
        await watcher.Subscribe("$aws/events/presence/connected/+", MqttQoS.AtMostOnce);

        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var __ = transport;
        await client.Connect("pump-1", password: "a-key-of-some-length");

        var (___, connected) = await Event(watcher);
        Assert.Equal("operator", connected.GetProperty("principalIdentifier").GetString());
    }

    [Theory]
    [InlineData("disconnects", "CLIENT_INITIATED_DISCONNECT", true)]
    [InlineData("disconnects and wants its will", "CLIENT_INITIATED_DISCONNECT", true)]
    [InlineData("is lost", "CONNECTION_LOST", false)]
    [InlineData("is silent", "MQTT_KEEP_ALIVE_TIMEOUT", false)]
    [InlineData("is taken over", "DUPLICATE_CLIENTID", false)]
    [InlineData("sends a second CONNECT", "CLIENT_ERROR", false)]
    public async Task The_reason_of_a_disconnect_is_one_of_those_of_AWS(string what, string reason, bool isByClient)
    {
        var watcher = await Watcher("$aws/events/presence/disconnected/#");
        var client = _gateway.Open();
        await client.Connect("pump-1", keepAlive: 10);
        switch (what)
        {
            case "disconnects":
                await client.Disconnect();
                break;
            case "disconnects and wants its will":
                await client.Disconnect(MqttReasonCode.DisconnectWithWill);
                break;
            case "is lost":
                await client.Drop();
                break;
            case "is silent":
                _gateway.Time.Advance(TimeSpan.FromSeconds(16));
                break;
            case "is taken over":
                await _gateway.Connect("pump-1");
                break;
            default:
                await client.Send(new ConnectPacket { CleanStart = true, ClientId = "pump-1"u8 });
                break;
        }

        var (_, told) = await Event(watcher);
        Assert.Equal(reason, told.GetProperty("disconnectReason").GetString());
        Assert.Equal(isByClient, told.GetProperty("clientInitiatedDisconnect").GetBoolean());
    }

    [Fact]
    public async Task The_number_grows_with_each_connection_of_an_id_and_begins_anew_after_an_hour_away()
    {
        var watcher = await Watcher("$aws/events/presence/#");
        foreach (var (number, away) in new[] { (0, TimeSpan.FromMinutes(59)), (1, TimeSpan.FromMinutes(59)), (2, TimeSpan.FromMinutes(60)), (0, TimeSpan.Zero) })
        {
            var client = await _gateway.Connect("pump-1");
            await client.Disconnect();
            Assert.Equal(("connected", number), await Numbered(watcher));
            Assert.Equal(("disconnected", number), await Numbered(watcher));
            _gateway.Time.Advance(away);
        }
    }

    [Fact]
    public async Task A_client_that_takes_over_has_the_next_number_and_is_told_of_last()
    {
        var watcher = await Watcher("$aws/events/presence/#");
        await _gateway.Connect("pump-1");
        await _gateway.Connect("pump-1");
        Assert.Equal(("connected", 0), await Numbered(watcher));
        Assert.Equal(("disconnected", 0), await Numbered(watcher));
        Assert.Equal(("connected", 1), await Numbered(watcher));
    }

    [Fact]
    public async Task Subscriptions_are_told_of_too_but_not_those_that_were_refused()
    {
        var watcher = await Watcher("$aws/events/subscriptions/+/pump-1");
        var client = await _gateway.Connect("pump-1");
        await client.Subscribe("a/#/b");
        await client.Subscribe("a/#");
        var (topic, told) = await Event(watcher);
        Assert.Equal("$aws/events/subscriptions/subscribed/pump-1", topic);
        Assert.Equal("subscribed", told.GetProperty("eventType").GetString());
        Assert.Equal("""["a/#"]""", told.GetProperty("topics").GetRawText());

        await client.Unsubscribe("never");
        await client.Unsubscribe("a/#");
        (topic, told) = await Event(watcher);
        Assert.Equal("$aws/events/subscriptions/unsubscribed/pump-1", topic);
        Assert.Equal("""["a/#"]""", told.GetProperty("topics").GetRawText());
    }

    [Fact]
    public async Task Whoever_subscribes_to_everything_gets_no_events_and_nobody_publishes_them_but_the_gateway()
    {
        var everything = await _gateway.Connect("everything");
        await everything.Subscribe("#");
        await everything.Subscribe("+/events/presence/connected/+");
        var watcher = await Watcher("$aws/events/presence/connected/+");
        await watcher.Publish("$aws/events/presence/connected/nobody", "{}", packetId: 1);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await watcher.Expect(MqttPacketType.PubAck)).Code);

        await _gateway.Connect("pump-1");
        Assert.Equal("$aws/events/presence/connected/pump-1", (await Event(watcher)).Topic);
        await everything.Ping();
    }

    [Fact]
    public async Task Subscribers_of_another_gateway_are_told_and_the_later_connection_has_the_higher_number_wherever_it_is()
    {
        await using var hub = new PeerHub();
        var gateways = await hub.Joined("north", "south");
        var watcher = await gateways[1].Connect("watcher");
        await watcher.Subscribe("$aws/events/presence/connected/pump-1");
        var client = await gateways[0].Connect("pump-1");
        var first = (await Event(watcher)).Json.GetProperty("versionNumber").GetInt64();

        await client.Disconnect();
        await client.ExpectClosed();
        gateways[1].Time.Advance(TimeSpan.FromSeconds(1));
        await gateways[1].Connect("pump-1");
        Assert.True((await Event(watcher)).Json.GetProperty("versionNumber").GetInt64() > first);
    }

    [Fact]
    public void Of_too_many_clients_that_left_those_that_left_first_are_forgotten()
    {
        var versions = new ConnectionVersions(new ManualTime(), capacity: 2);
        versions.Left("a", 5);
        versions.Left("b", 5);
        versions.Left("c", 5);
        Assert.Equal((0, 6, 6), (versions.Next("a"), versions.Next("b"), versions.Next("c")));
    }

    private async Task<TestClient> Watcher(string filter)
    {
        var watcher = await _gateway.Connect("watcher");
        await watcher.Subscribe(filter, MqttQoS.AtMostOnce);
        return watcher;
    }

    private static async Task<(string EventType, long Number)> Numbered(TestClient watcher)
    {
        var (_, told) = await Event(watcher);
        return (told.GetProperty("eventType").GetString()!, told.GetProperty("versionNumber").GetInt64());
    }

    private static async Task<(string Topic, JsonElement Json)> Event(TestClient watcher)
    {
        var packet = await watcher.Expect(MqttPacketType.Publish);
        return (packet.Topic, JsonElement.Parse(packet.Payload));
    }
}
