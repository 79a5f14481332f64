using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Shadows;

/// <summary>Shadows as a device sees them: real bytes, real twins, a store in memory.</summary>
public sealed class ShadowTests : IAsyncDisposable
{
    private const string Lamp = "$aws/things/lamp/shadow";

    private readonly InMemoryStore _store = new();
    private readonly Queue<(MqttReasonCode Code, int Id)> _acks = new();
    private readonly TestGateway _gateway;

    public ShadowTests() => _gateway = new TestGateway(StoredTwins.Over(_store));

    private long Now => _gateway.Time.GetUtcNow().ToUnixTimeSeconds();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task An_update_is_durable_and_answered_with_what_it_held(MqttVersion version)
    {
        var lamp = await _gateway.Connect("lamp", version);
        await lamp.Subscribe($"{Lamp}/#");
        await lamp.Publish($"{Lamp}/update", """{"state":{"reported":{"on":true}},"clientToken":"c"}""", packetId: 1);

        Assert.Equal(Timed("""{"previous":null,"current":{"state":{"reported":{"on":true}},"metadata":{"reported":{"on":{"timestamp":NOW}}},"version":1},"timestamp":NOW,"clientToken":"c"}"""), await Next(lamp, "update/documents"));
        Assert.Equal(Timed("""{"state":{"reported":{"on":true}},"metadata":{"reported":{"on":{"timestamp":NOW}}},"version":1,"timestamp":NOW,"clientToken":"c"}"""), await Next(lamp, "update/accepted"));
        Assert.Equal("""{"state":{"reported":{"on":true}},"clientToken":"c"}""", await Next(lamp, "update")); // it is subscribed to that too
        Assert.Equal((MqttReasonCode.Success, 1), await Ack(lamp));
        Assert.Contains(_store.Journal.EventsOf(DeviceId.Parse("lamp")), happened => happened is TwinEvent.ShadowUpdated { ShadowVersion: 1, Author: "lamp" });
    }

    [Fact]
    public async Task The_acknowledgement_and_the_answers_wait_for_the_commit()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/accepted");
        var mayCommit = new TaskCompletionSource();
        _store.Journal.HoldUntil(mayCommit.Task);
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""", packetId: 1);
        await lamp.Ping(before: 0);

        mayCommit.SetResult();

        Assert.Contains("\"version\":1", await Next(lamp, "update/accepted"), StringComparison.Ordinal);
        await Ack(lamp);
    }

    [Fact]
    public async Task What_is_desired_and_not_reported_is_told_before_the_rest_until_it_is_reported()
    {
        var lamp = await _gateway.Connect("lamp");
        var app = await _gateway.Connect("app");
        await lamp.Subscribe($"{Lamp}/update/+");

        await app.Publish($"{Lamp}/update", """{"state":{"desired":{"on":true,"dim":5}},"clientToken":"a"}""");
        Assert.Equal(Timed("""{"version":1,"timestamp":NOW,"state":{"dim":5,"on":true},"metadata":{"dim":{"timestamp":NOW},"on":{"timestamp":NOW}},"clientToken":"a"}"""), await Next(lamp, "update/delta"));
        await Next(lamp, "update/documents");
        await Next(lamp, "update/accepted");

        await lamp.Publish($"{Lamp}/update", """{"state":{"reported":{"on":true}}}""");
        Assert.Contains("\"state\":{\"dim\":5}", await Next(lamp, "update/delta"), StringComparison.Ordinal);
        await Next(lamp, "update/documents");
        await Next(lamp, "update/accepted");

        await lamp.Publish($"{Lamp}/update", """{"state":{"reported":{"dim":5.0}}}""");
        await Next(lamp, "update/documents");
        await Next(lamp, "update/accepted");
    }

    [Fact]
    public async Task A_shadow_is_got_with_its_delta()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/get/+");
        await lamp.Publish($"{Lamp}/get", "");
        Assert.Equal($$"""{"code":404,"message":"No shadow exists with name: 'lamp'","timestamp":{{Now}}}""", await Next(lamp, "get/rejected"));

        await lamp.Publish($"{Lamp}/update", """{"state":{"desired":{"on":true},"reported":{"on":false}}}""");
        await lamp.Publish($"{Lamp}/get", """{"clientToken":"g"}""");
        Assert.Equal(
            Timed("""{"state":{"desired":{"on":true},"reported":{"on":false},"delta":{"on":true}},"metadata":{"desired":{"on":{"timestamp":NOW}},"reported":{"on":{"timestamp":NOW}}},"version":1,"timestamp":NOW,"clientToken":"g"}"""),
            await Next(lamp, "get/accepted"));
    }

    [Fact]
    public async Task A_deleted_shadow_is_gone_and_goes_on_counting()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/delete/+");
        await lamp.Subscribe($"{Lamp}/get/+");
        await lamp.Subscribe($"{Lamp}/update/accepted");
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""");
        await Next(lamp, "update/accepted");

        await lamp.Publish($"{Lamp}/delete", """{"clientToken":"d"}""");
        Assert.Equal($$"""{"version":1,"timestamp":{{Now}},"clientToken":"d"}""", await Next(lamp, "delete/accepted"));
        await lamp.Publish($"{Lamp}/get", "");
        Assert.Contains("404", await Next(lamp, "get/rejected"), StringComparison.Ordinal);
        await lamp.Publish($"{Lamp}/delete", "");
        Assert.Contains("404", await Next(lamp, "delete/rejected"), StringComparison.Ordinal);
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""");
        Assert.Contains("\"version\":2", await Next(lamp, "update/accepted"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_shadows_are_apart_from_the_classic_one()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/get/+");
        await lamp.Subscribe($"{Lamp}/name/+/get/+");
        await lamp.Publish($"{Lamp}/update", """{"state":{"reported":{"a":1}}}""");
        await lamp.Publish($"{Lamp}/name/config/update", """{"state":{"reported":{"b":2}}}""");

        await lamp.Publish($"{Lamp}/get", "");
        Assert.Contains("{\"a\":1}", await Next(lamp, "get/accepted"), StringComparison.Ordinal);
        await lamp.Publish($"{Lamp}/name/config/get", "");
        Assert.Contains("{\"b\":2}", await Next(lamp, "name/config/get/accepted"), StringComparison.Ordinal);
        await lamp.Publish($"{Lamp}/name/other/get", "");
        Assert.Contains("No shadow exists with name: 'other'", await Next(lamp, "name/other/get/rejected"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update", "{", 400, "Invalid JSON")]
    [InlineData("update", "", 400, "Missing update payload")]
    [InlineData("update", """{"state":{"desired":[]}}""", 400, "Desired node must be an object")]
    [InlineData("update", """{"state":{},"version":7}""", 400, "Invalid version")]
    [InlineData("name/not.a.name/update", """{"state":{}}""", 400, "Invalid shadow name; use 1 to 64 of the characters a-z A-Z 0-9 : _ -, and $ before them in a reserved name")]
    public async Task What_is_wrong_is_told_and_acknowledged(string topic, string payload, int code, string message)
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/{topic}/rejected");
        await lamp.Publish($"{Lamp}/{topic}", payload, packetId: 1);

        var rejected = JsonNode.Parse(await Next(lamp, $"{topic}/rejected"))!;
        Assert.Equal((code, message), ((int)rejected["code"]!, (string)rejected["message"]!));
        Assert.Equal((MqttReasonCode.Success, 1), await Ack(lamp));
        Assert.Empty(_store.Journal.EventsOf(DeviceId.Parse("lamp")));
    }

    [Fact]
    public async Task A_version_conflict_is_told_with_the_client_s_token()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/rejected");
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""");
        await lamp.Publish($"{Lamp}/update", """{"state":{},"version":5,"clientToken":"v"}""");
        Assert.Equal($$"""{"code":409,"message":"Version conflict","timestamp":{{Now}},"clientToken":"v"}""", await Next(lamp, "update/rejected"));
    }

    [Fact]
    public async Task What_another_writer_changes_is_told_too_but_not_what_it_was_refused()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/+");
        var twins = _gateway.Services.GetRequiredService<ITwins>();
        var at = Instant.From(_gateway.Time.GetUtcNow());
        var patch = ShadowRequest.Read("""{"state":{"desired":{"on":true}}}"""u8.ToArray(), 6, out _, out _)!.State;

        await twins.Execute(DeviceId.Parse("lamp"), new TwinCommand.UpdateShadow(ShadowName.Classic, patch, 9, null, "alice", null, at));
        await twins.Execute(DeviceId.Parse("lamp"), new TwinCommand.UpdateShadow(ShadowName.Classic, patch, null, null, "alice", null, at));

        await Next(lamp, "update/delta");
        await Next(lamp, "update/documents");
        await Next(lamp, "update/accepted");
    }

    [Fact]
    public async Task An_update_that_could_not_be_stored_is_neither_believed_nor_acknowledged()
    {
        var lamp = await _gateway.Connect("lamp", MqttVersion.V311);
        await lamp.Subscribe($"{Lamp}/update/+");
        _store.Journal.FailNext(new StoreException("the disk is full", isTransient: true));
        await lamp.Publish($"{Lamp}/update", """{"state":{},"clientToken":"x"}""", packetId: 1);

        Assert.Equal($$"""{"code":500,"message":"Internal service failure","timestamp":{{Now}},"clientToken":"x"}""", await Next(lamp, "update/rejected"));
        await lamp.ExpectClosed();
    }

    [Fact]
    public async Task The_rejection_of_what_could_not_be_stored_goes_out_before_the_connection_ends_however_busy_its_writer_is()
    {
        // Each write waits until the client has read the one before, and what the client sends is dealt with when its Send returns.
        var oneAtATime = new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false);
        var lamp = _gateway.Open(MqttVersion.V311, oneAtATime, readsInline: true);
        await lamp.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/+");
        await lamp.Send(PingPacket.Request);
        _store.Journal.FailNext(new StoreException("the disk is full", isTransient: true));
        await lamp.Publish($"{Lamp}/update", """{"state":{},"clientToken":"x"}""", packetId: 1);

        await lamp.Expect(MqttPacketType.PingResp);
        Assert.Contains("\"clientToken\":\"x\"", await Next(lamp, "update/rejected"), StringComparison.Ordinal);
        await lamp.ExpectClosed();
    }

    [Fact]
    public async Task Of_more_than_ten_requests_that_wait_the_rest_are_refused_and_the_ten_are_answered_in_their_order()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/accepted");
        await lamp.Subscribe($"{Lamp}/update/rejected");
        var mayCommit = new TaskCompletionSource();
        _store.Journal.HoldUntil(mayCommit.Task);
        for (var i = 1; i <= 11; i++)
            lamp.GatherPublish($"{Lamp}/update", $$"""{"state":{},"clientToken":"{{i}}"}""", packetId: (ushort)i);
        await lamp.SendGathered();

        var rejected = JsonNode.Parse(await Next(lamp, "update/rejected"))!;
        Assert.Equal((429, "11"), ((int)rejected["code"]!, (string)rejected["clientToken"]!));

        mayCommit.SetResult();
        for (var i = 1; i <= 10; i++)
        {
            var accepted = JsonNode.Parse(await Next(lamp, "update/accepted"))!;
            Assert.Equal((i, $"{i}"), ((int)accepted["version"]!, (string)accepted["clientToken"]!));
        }
    }

    [Fact]
    public async Task A_thing_that_asks_faster_than_it_may_is_told_so_whoever_asks_and_of_whichever_shadow_and_another_thing_is_not()
    {
        await using var gateway = new TestGateway(StoredTwins.Over(_store), ("Shadows:RequestsPerSecond", "3"));
        var lamp = await gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/+");
        await lamp.Subscribe($"{Lamp}/name/config/get/+");
        await lamp.Subscribe($"{Lamp}/delete/+");
        var app = await gateway.Connect("app");
        await app.Subscribe("$aws/things/pump/shadow/update/accepted");
        async Task Update()
        {
            await lamp.Publish($"{Lamp}/update", """{"state":{}}""");
            await Next(lamp, "update/documents");
            await Next(lamp, "update/accepted");
        }

        await Update();
        await lamp.Publish($"{Lamp}/name/config/get", "");
        Assert.Contains("\"code\":404", await Next(lamp, "name/config/get/rejected"), StringComparison.Ordinal);
        await app.Publish($"{Lamp}/update", """{"state":{}}""");
        await Next(lamp, "update/documents");
        await Next(lamp, "update/accepted");

        await lamp.Publish($"{Lamp}/update", """{"state":{},"clientToken":"u"}""", packetId: 7);
        Assert.Equal($$"""{"code":429,"message":"Too many requests to the shadows of this thing; they take 3 in a second","timestamp":{{Now}},"clientToken":"u"}""", await Next(lamp, "update/rejected"));
        Assert.Equal((MqttReasonCode.Success, 7), await Ack(lamp));
        await app.Publish($"{Lamp}/delete", """{"clientToken":"d"}""");
        Assert.Contains("\"code\":429", await Next(lamp, "delete/rejected"), StringComparison.Ordinal);
        await app.Publish("$aws/things/pump/shadow/update", """{"state":{}}""");
        Assert.Contains("\"version\":1", (await app.Expect(MqttPacketType.Publish)).Payload, StringComparison.Ordinal);
        Assert.Equal([1L, 2], _store.Journal.EventsOf(DeviceId.Parse("lamp")).OfType<TwinEvent.ShadowUpdated>().Select(happened => happened.ShadowVersion));

        gateway.Time.Advance(TimeSpan.FromMilliseconds(334));
        await Update();
    }

    [Fact]
    public async Task A_thing_may_ask_as_fast_as_it_likes_where_nobody_says_otherwise()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Subscribe($"{Lamp}/update/accepted");
        for (var version = 1; version <= 50; version++) // all within one moment of the clock
        {
            await lamp.Publish($"{Lamp}/update", """{"state":{}}""");
            Assert.Contains($"\"version\":{version},", await Next(lamp, "update/accepted"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_may_not_be_retained()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""", packetId: 1, retain: true);
        Assert.Equal((MqttReasonCode.NotAuthorized, 1), await lamp.CodeAndId(MqttPacketType.PubAck));
        Assert.Empty(_store.Journal.EventsOf(DeviceId.Parse("lamp")));
    }

    [Theory]
    [InlineData("update/accepted")]
    [InlineData("update/delta")]
    [InlineData("name/config/get/accepted")]
    public async Task Nobody_but_the_server_answers(string topic)
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Publish($"{Lamp}/{topic}", "{}", packetId: 1);
        Assert.Equal((MqttReasonCode.NotAuthorized, 1), await lamp.CodeAndId(MqttPacketType.PubAck));
    }

    [Theory]
    [InlineData(MqttQoS.AtLeastOnce)]
    [InlineData(MqttQoS.ExactlyOnce)]
    public async Task A_session_that_outlives_its_connection_is_told_what_it_missed(MqttQoS qos)
    {
        var lamp = _gateway.Open();
        await lamp.Connect("lamp", expiry: 1_000);
        await lamp.Subscribe($"{Lamp}/update/delta", qos);
        await lamp.Leave();
        var app = await _gateway.Connect("app");
        await app.Publish($"{Lamp}/update", """{"state":{"desired":{"on":true}}}""", packetId: 1);
        await app.CodeAndId(MqttPacketType.PubAck);

        var back = _gateway.Open();
        await back.Connect("lamp", clean: false, expiry: 1_000);
        Assert.Contains("\"on\":true", await Next(back, "update/delta"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_of_QoS_2_is_taken_once()
    {
        var lamp = _gateway.Open();
        await lamp.Connect("lamp", expiry: 1_000);
        await lamp.PublishQoS2($"{Lamp}/update", """{"state":{}}""", packetId: 7);
        Assert.Single(_store.Journal.EventsOf(DeviceId.Parse("lamp")).OfType<TwinEvent.ShadowUpdated>());
    }

    [Fact]
    public async Task A_device_that_begins_with_its_shadow_is_known_and_online()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Publish($"{Lamp}/update", """{"state":{}}""", packetId: 1);
        await lamp.CodeAndId(MqttPacketType.PubAck);
        var twin = (await _gateway.Services.GetRequiredService<ITwins>().Find(DeviceId.Parse("lamp")))!.Twin;
        Assert.Equal(DeviceStatus.Online, twin.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_will_reaches_subscribers_and_the_shadow_only_where_that_is_allowed(bool acceptsWills)
    {
        await using var gateway = new TestGateway(StoredTwins.Over(_store), ("Shadows:AcceptWills", $"{acceptsWills}"));
        var watcher = await gateway.Connect("watcher");
        await watcher.Subscribe($"{Lamp}/update");
        var lamp = gateway.Open();
        await lamp.Connect("lamp", will: ($"{Lamp}/update", """{"state":{"reported":{"connected":false}}}"""));
        await lamp.Drop();

        Assert.Equal("""{"state":{"reported":{"connected":false}}}""", await Next(watcher, "update"));
        Assert.Equal(acceptsWills ? 1 : 0, _store.Journal.EventsOf(DeviceId.Parse("lamp")).OfType<TwinEvent.ShadowUpdated>().Count());
    }

    [Fact]
    public async Task A_shadow_outlives_a_restart()
    {
        var lamp = await _gateway.Connect("lamp");
        await lamp.Publish($"{Lamp}/name/config/update", """{"state":{"reported":{"n":1.50}}}""", packetId: 1);
        await lamp.CodeAndId(MqttPacketType.PubAck);

        await using var restarted = new TestGateway(StoredTwins.Over(_store));
        await restarted.Services.GetRequiredService<ITwins>().Execute(DeviceId.Parse("lamp"), new TwinCommand.Review(Instant.From(restarted.Time.GetUtcNow())));
        var again = await restarted.Connect("lamp");
        await again.Subscribe($"{Lamp}/name/config/get/accepted");
        await again.Publish($"{Lamp}/name/config/get", "");
        Assert.Contains("""{"reported":{"n":1.50}}""", await Next(again, "name/config/get/accepted"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_update_is_lost_among_concurrent_writers()
    {
        const int writers = 8;
        const int each = 10;
        var clients = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => _gateway.Connect($"writer-{i}")));
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            for (ushort n = 1; n <= each; n++)
            {
                await client.Publish($"{Lamp}/update", $$$"""{"state":{"reported":{"w{{{i}}}":{{{n}}} } } }""", packetId: n);
                await client.CodeAndId(MqttPacketType.PubAck);
            }
        })).Within("all updates");

        var shadow = (await _gateway.Services.GetRequiredService<ITwins>().Find(DeviceId.Parse("lamp")))!.Twin.FindShadow(ShadowName.Classic)!;
        Assert.Equal(writers * each, shadow.Version);
        Assert.Equal(writers, shadow.Reported!.Members.Length);
    }

    // Acknowledgements and answers are in no order to each other.
    private async Task<(MqttReasonCode Code, int Id)> Ack(TestClient client) => _acks.TryDequeue(out var ack) ? ack : await client.CodeAndId(MqttPacketType.PubAck);

    private string Timed(string json) => json.Replace("NOW", $"{Now}", StringComparison.Ordinal);

    private async Task<string> Next(TestClient client, string topic)
    {
        while (true)
        {
            var packet = await client.Receive();
            if (packet.Type == MqttPacketType.PubAck)
                _acks.Enqueue((packet.Code, packet.Id));
            if (packet.Type != MqttPacketType.Publish)
                continue;

            if (packet.Id != 0 && packet.QoS == MqttQoS.AtLeastOnce)
                await client.Acknowledge(packet.Id);
            Assert.Equal($"{Lamp}/{topic}", packet.Topic);
            return packet.Payload;
        }
    }
}
