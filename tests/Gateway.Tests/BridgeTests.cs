using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>Messages of an outside broker, which nobody here wrote, on their way in.</summary>
public sealed class BridgeTests : IAsyncLifetime
{
    private readonly RuledTwins _twins = new();
    private Mosquitto _outside = null!;
    private MqttClient? _publisher;

    private static string PubAckFromUs => $"Received PUBACK from {BridgedGateway.ClientId}";

    public async ValueTask InitializeAsync() => _outside = await Mosquitto.Start("log_type debug", "persistence false");

    public async ValueTask DisposeAsync()
    {
        if (_publisher is not null)
            await _publisher.DisposeAsync();
        if (_outside is not null)
            await _outside.DisposeAsync();
    }

    [Fact]
    public async Task A_reading_under_the_outside_topic_reaches_the_twin_its_map_names()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside);
        var acknowledged = _outside.Says(PubAckFromUs);
        await Publish("pump-1", 21.5);
        await _twins.Until("the reading stored", twins => twins.Stored.Count == 1);

        Assert.Equal(("pump-1", 21.5), _twins.Stored.Single());
        await acknowledged;
        Assert.Equal(HealthStatus.Healthy, (await gateway.Health("bridges")).Status);
        await gateway.Stop();
    }

    [Fact]
    public async Task Another_topic_goes_to_who_is_subscribed_here_with_all_its_properties()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside, BridgedGateway.Settings(
            ("Filters:1", "alarms/#"), ("TopicMap:1:From", "alarms/#"), ("TopicMap:1:To", "plant/alarms/{#}")));
        await Eventually.IsTrue("both filters granted", () => Task.FromResult(gateway.Log.Of(LogLevel.Information).Any(line => line.Contains("alarms/#"))));
        var received = Channel.CreateUnbounded<MqttMessage>();
        await using var here = await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = gateway.Port });
        await here.Subscribe("plant/#", MqttQoS.AtLeastOnce, (message, cancellation) => received.Writer.WriteAsync(message, cancellation));

        await using var there = await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = _outside.Port });
        await there.Publish(new MqttMessage
        {
            Topic = "alarms/hall/3",
            Payload = "fire"u8.ToArray(),
            ContentType = "text/plain",
            ResponseTopic = "answers",
            CorrelationData = "7"u8.ToArray(),
            UserProperties = [new("source", "panel")],
        }).Within("the outside PUBACK");

        var message = await received.Reader.ReadAsync().AsTask().Within("the message here");
        Assert.Equal(("plant/alarms/hall/3", "fire", "text/plain", "answers"), (message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message.ContentType, message.ResponseTopic));
        Assert.Equal("7", Encoding.UTF8.GetString(message.CorrelationData!.Value.Span));
        Assert.Equal([new("source", "panel")], message.UserProperties);
    }

    [Fact]
    public async Task What_no_entry_of_the_map_matches_is_acknowledged_counted_and_told_once()
    {
        using var unmapped = new MeterWatch("orleansiot_bridge_unmapped");
        await using var gateway = await BridgedGateway.StartSubscribed(
            _twins, _outside, BridgedGateway.Settings(("Name", "unmapping"), ("Filters:0", "#")));
        await Publish("other/1", "x");
        await Publish("other/2", "x");
        await Publish("pump-1", 1);
        await _twins.Until("the reading behind them", twins => twins.Stored.Count == 1);

        Assert.Equal(2, unmapped["unmapping"]);
        Assert.Contains("other/1", Assert.Single(gateway.Log.Of(LogLevel.Warning), line => line.Contains("Bridge unmapping")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reading_is_acknowledged_outside_only_when_it_is_durable_here()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside);
        _twins.Hold();
        await Publish("pump-1", 1);
        await _twins.Until("the reading on its way", twins => twins.Asked == 1);
        await Publish("pump-2", 2); // goes to and fro through the broker, which is single-threaded
        await _twins.Until("the second reading", twins => twins.Asked == 2);
        Assert.DoesNotContain(PubAckFromUs, _outside.Process.Output, StringComparison.Ordinal);

        var acknowledged = _outside.Says(PubAckFromUs);
        _twins.Release();
        await acknowledged;
        Assert.Equal(2, _twins.Stored.Count);
    }

    [Theory]
    [InlineData("""{"v": 5}""")]
    [InlineData("""{"v": 5, "messageId": "m-1"}""")]
    public async Task A_gateway_that_dies_before_the_commit_gets_the_message_again_and_stores_it_once(string payload)
    {
        await using (await BridgedGateway.StartSubscribed(_twins, _outside))
        {
            _twins.Hold();
            await Publish("fleet/pump-1/telemetry", payload);
            await _twins.Until("the reading on its way", twins => twins.Asked == 1);
            _twins.LoseHeld();
        }

        Assert.Empty(_twins.Stored);
        await using var next = await BridgedGateway.Start(_twins, _outside, TimeProvider.System);
        await _twins.Until("the reading stored", twins => twins.Stored.Count == 1);
        await Publish("pump-1", 6);
        await _twins.Until("the reading behind it", twins => twins.Stored.Count >= 2);
        Assert.Equal([("pump-1", 5), ("pump-1", 6)], _twins.Stored);
    }

    [Theory]
    [InlineData("""{"v": 5}""")]
    [InlineData("""{"v": 5, "messageId": "m-1"}""")]
    public async Task A_gateway_that_dies_after_the_commit_and_before_the_PUBACK_stores_the_copy_not_again(string payload)
    {
        await using (await BridgedGateway.StartSubscribed(_twins, _outside))
        {
            // Acknowledgements leave in order: this one waits for that of the reading before it, which is never stored.
            _twins.Hold();
            await Publish("held", 1);
            await _twins.Until("the reading before it on its way", twins => twins.Asked == 1);
            _twins.LoseHeld();
            await Publish("fleet/pump-1/telemetry", payload);
            await _twins.Until("the reading stored", twins => twins.Stored.Count == 1);
        }

        Assert.DoesNotContain(PubAckFromUs, _outside.Process.Output, StringComparison.Ordinal);
        await using var next = await BridgedGateway.Start(_twins, _outside, TimeProvider.System);
        await Publish("pump-1", 6);
        await _twins.Until("the reading behind them", twins => twins.Stored.Contains(("pump-1", 6)));
        Assert.Equal([("pump-1", 5), ("held", 1), ("pump-1", 6)], _twins.Stored);
        Assert.Equal(5, _twins.Asked);
    }

    [Fact]
    public async Task While_the_store_is_down_nothing_is_acknowledged_or_lost_and_it_is_told_once()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside);
        _twins.IsDown = true;
        for (var n = 0; n < 10; n++)
            await Publish("pump-1", n);
        await _twins.Until("several tries", twins => twins.Asked >= 30);
        Assert.DoesNotContain(PubAckFromUs, _outside.Process.Output, StringComparison.Ordinal);
        Assert.Equal("plant: messages cannot be stored", await Trouble(gateway, trouble => trouble is "plant: messages cannot be stored"));

        _twins.IsDown = false;
        await _twins.Until("all stored", twins => twins.Stored.Count == 10);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => ("pump-1", (double)n)), _twins.Stored);
        await Eventually.IsTrue("the end of the trouble", async () => (await gateway.Health("bridges")).Status == HealthStatus.Healthy);
        Assert.Single(gateway.Log.Of(LogLevel.Warning), line => line.Contains("could not store"));
        Assert.Single(gateway.Log.Of(LogLevel.Information), line => line.Contains("stores messages again"));
    }

    [Fact]
    public async Task A_bad_payload_is_acknowledged_and_remembered_and_stops_nothing()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside);
        var acknowledged = _outside.Says(PubAckFromUs);
        await Publish("fleet/pump-1/telemetry", "{not json");
        await acknowledged;
        Assert.Equal("pump-1", Assert.Single(gateway.Statistics.RecentRefusals).Device);

        await Publish("pump-1", 1);
        await _twins.Until("the next reading", twins => twins.Stored.Count == 1);
    }

    [Fact]
    public async Task The_outside_broker_holds_back_what_exceeds_the_bound()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside, BridgedGateway.Settings(("ReceiveMaximum", "5")));
        _twins.Hold();
        for (var n = 0; n < 20; n++)
            await Publish("pump-1", n);

        // The broker has dealt with each message when its publisher has the PUBACK, and says what it sent to us.
        Assert.Equal(5, Regex.Count(_outside.Process.Output, $"Sending PUBLISH to {BridgedGateway.ClientId} "));
        await _twins.Until("all that may be on their way", twins => twins.Asked == 5);
        _twins.Release();
        await _twins.Until("all stored", twins => twins.Stored.Count == 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => ("pump-1", (double)n)), _twins.Stored);
    }

    [Fact]
    public async Task An_outside_broker_that_restarts_and_forgot_all_is_subscribed_to_again()
    {
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, _outside);
        await _outside.Kill();
        await Trouble(gateway, trouble => trouble == "plant: not connected");
        await _outside.Restart();
        await Eventually.IsTrue("a second subscription", () => Task.FromResult(gateway.Log.Of(LogLevel.Information).Count(line => line.Contains("is subscribed to")) == 2));
        await Publish("pump-1", 1);
        await _twins.Until("the reading", twins => twins.Stored.Count == 1);
        Assert.Single(gateway.Log.Of(LogLevel.Warning), line => line.Contains("Bridge plant"));
    }

    [Fact]
    public async Task With_the_outside_broker_down_the_gateway_starts_and_serves_its_own_devices()
    {
        await _outside.Kill();
        await using var gateway = await BridgedGateway.Start(_twins, _outside, TimeProvider.System);
        await MosquittoPub.Publish(gateway.Port, "dt/devices/local/telemetry", """{"v": 1}""");
        await _twins.Until("the local reading", twins => twins.Stored.Count == 1);
        await Trouble(gateway, trouble => trouble == "plant: not connected");
        Assert.Equal(HealthStatus.Degraded, (await gateway.Health("bridges")).Status);
        Assert.Equal(HealthStatus.Healthy, (await gateway.Health("gateway")).Status);

        await _outside.Restart();
        await Eventually.IsTrue("the subscription", () => Task.FromResult(gateway.Log.Of(LogLevel.Information).Any(line => line.Contains("is subscribed to"))));
        await Publish("pump-1", 2);
        await _twins.Until("the outside reading", twins => twins.Stored.Count == 2);
    }

    [Fact]
    public async Task A_wrong_password_is_told_once_with_the_setting_to_mend_and_never_itself()
    {
        await using var strict = await Mosquitto.Start("allow_anonymous false");
        var time = new ManualTime();
        await using var gateway = await BridgedGateway.Start(
            _twins, strict, time, BridgedGateway.Settings(("Name", "refused-bridge"), ("UserName", "plant"), ("Password", "hunter2-hunter2")));
        await Trouble(gateway, trouble => trouble is not null && trouble.StartsWith("refused-bridge: refused", StringComparison.Ordinal));

        var told = Assert.Single(gateway.Log.Of(LogLevel.Error));
        var retryAfter = TimeSpan.Parse(Regex.Match(told, "next in ([0-9:.]+);").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(retryAfter, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(5));
        using var failed = new MeterWatch("orleansiot_bridge_failed_connects");
        time.Advance(retryAfter);
        await Eventually.IsTrue("a second refusal", () => Task.FromResult(failed["refused-bridge"] == 1));

        Assert.Single(gateway.Log.Of(LogLevel.Error));
        Assert.Contains("Gateway:Bridges:0:Password", told, StringComparison.Ordinal);
        Assert.Contains("NotAuthorized", told, StringComparison.Ordinal);
        foreach (var level in Enum.GetValues<LogLevel>())
            Assert.DoesNotContain(gateway.Log.Of(level), line => line.Contains("hunter2"));
    }

    [Fact]
    public async Task Two_gateways_share_a_subscription_and_each_message_comes_in_once()
    {
        var (shared, subscribed) = (("Filters:0", "$share/ours/fleet/+/telemetry"), _outside.Says("$share/ours"));
        await using var one = await BridgedGateway.Start(_twins, _outside, TimeProvider.System, BridgedGateway.Settings(shared, ("ClientId", "one")));
        await subscribed;
        subscribed = _outside.Says("$share/ours");
        var others = new RuledTwins();
        await using var two = await BridgedGateway.Start(others, _outside, TimeProvider.System, BridgedGateway.Settings(shared, ("ClientId", "two")));
        await subscribed;

        for (var n = 0; n < 20; n++)
            await Publish($"pump-{n}", n);
        await Eventually.IsTrue("all stored", () => Task.FromResult(_twins.Stored.Count + others.Stored.Count >= 20));
        Assert.Equal(20, _twins.Stored.Concat(others.Stored).Distinct().Count());
        Assert.All([_twins, others], twins => Assert.NotEmpty(twins.Stored));
    }

    [Fact]
    public async Task Over_mutual_TLS_the_settings_are_files()
    {
        using var certificates = new PeerCertificates();
        await using var secure = await Mosquitto.Start(certificates.MosquittoSettings());
        var (certificatePath, keyPath) = certificates.Issue("gateway");
        await using var gateway = await BridgedGateway.StartSubscribed(_twins, secure, BridgedGateway.Settings(
            ("Tls:CaPath", certificates.CaPath), ("Tls:CertificatePath", certificatePath), ("Tls:KeyPath", keyPath), ("Tls:ServerName", "localhost"),
            ("Tls:ApplicationProtocols:0", "mqtt")));
        await MosquittoPub.Run(
            secure.Port, "-q", "1", "-t", "fleet/pump-1/telemetry", "-m", """{"v": 1}""", "--cafile", certificates.CaPath, "--cert", certificatePath, "--key", keyPath);
        await _twins.Until("the reading", twins => twins.Stored.Count == 1);
    }

    [Fact]
    public async Task What_is_wrong_with_the_settings_is_told_at_start_each_with_its_mend()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => BridgedGateway.Start(_twins, _outside, TimeProvider.System, BridgedGateway.Settings(
            ("Name", "a b"), ("Port", "70000"), ("QoS", "3"), ("Filters:0", "fleet/#/x"), ("TopicMap:0:To", "dt/devices/{2}/telemetry"),
            ("TopicMap:1:From", "a/#"), ("TopicMap:1:To", "$SYS/{#}"), ("Tls:CaPath", "/no/ca.pem"), ("ReceiveMaximum", "500"))));
        Assert.Equal(
            [
                "Gateway:Bridges:0:Name is 'a b'",
                "Gateway:Bridges:0:Port is 70000",
                "Gateway:Bridges:0:Tls:CaPath is '/no/ca.pem', which cannot be read",
                "Gateway:Bridges:0:QoS is 3",
                "Gateway:Bridges:0:ReceiveMaximum is 500",
                "Gateway:Bridges:0:Filters:0 is 'fleet/#/x'",
                "Gateway:Bridges:0:TopicMap:0:To is 'dt/devices/{2}/telemetry', but nothing in From 'fleet/+/telemetry' stands for {2}: use {1}.",
                "Gateway:Bridges:0:TopicMap:1:To is '$SYS/{#}'",
            ],
            fault.Failures.Select(failure => Expected(failure)));

        string Expected(string failure)
        {
            string[] beginnings =
            [
                "Gateway:Bridges:0:Name is 'a b'", "Gateway:Bridges:0:Port is 70000", "Gateway:Bridges:0:Tls:CaPath is '/no/ca.pem', which cannot be read",
                "Gateway:Bridges:0:QoS is 3", "Gateway:Bridges:0:ReceiveMaximum is 500", "Gateway:Bridges:0:Filters:0 is 'fleet/#/x'",
                "Gateway:Bridges:0:TopicMap:1:To is '$SYS/{#}'",
            ];
            return Array.Find(beginnings, beginning => failure.StartsWith(beginning, StringComparison.Ordinal)) ?? failure;
        }
    }

    [Fact]
    public async Task Two_bridges_of_one_client_id_would_throw_each_other_out_and_are_refused()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => BridgedGateway.Start(_twins, _outside, TimeProvider.System, [
            "--Gateway:Bridges:1:Name", "other", "--Gateway:Bridges:1:Host", "127.0.0.1", "--Gateway:Bridges:1:Port", $"{_outside.Port}",
            "--Gateway:Bridges:1:ClientId", BridgedGateway.ClientId, "--Gateway:Bridges:1:Filters:0", "x"]));
        Assert.Contains("Gateway:Bridges:1:ClientId", Assert.Single(fault.Failures), StringComparison.Ordinal);
    }

    private Task Publish(string device, double value) => Publish($"fleet/{device}/telemetry", $$"""{"v": {{value}}}""");

    /// <summary>Completes with the outside broker's PUBACK: it has then also sent on what it may.</summary>
    private async Task Publish(string topic, string payload)
    {
        _publisher ??= await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = _outside.Port, Reconnect = new() { MaxDelay = TimeSpan.FromSeconds(0.1) } });
        await _publisher.Publish(new MqttMessage { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) }).Within("the outside broker's PUBACK");
    }

    private static Task<string> Trouble(BridgedGateway gateway, Func<string?, bool> isSo) => Eventually.Is(
        "that trouble in the health report",
        async () => (await gateway.Health("bridges")).Description is { } description && isSo(description) ? description : null);
}
