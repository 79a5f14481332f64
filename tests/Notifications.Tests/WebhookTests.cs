using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Rules;
using OrleansIot.Notifications.Tests.Host;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests;

public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-the-test";

    private readonly ManualTime _time = new();
    private readonly WatchedOutbox _outbox = new();
    private HttpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await HttpReceiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_call_tells_the_alert_in_the_shape_of_the_API()
    {
        var call = await Called(AlertTransitions.Triggered);

        Assert.Equal("/hook", call.Path);
        Assert.Equal("application/json", call.ContentType);
        var body = JsonNode.Parse(call.Body)!;
        Assert.Equal("alert.triggered", (string?)body["type"]);
        Assert.Equal(call.Headers["Idempotency-Key"], (string?)body["id"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)body["at"]);
        Assert.Equal("""{"deviceId":"pump-1","name":"Pump 1"}""", body["device"]!.ToJsonString());
        Assert.Equal("pump-1~hot~1", (string?)body["alert"]!["alertId"]);
        Assert.Equal("critical", (string?)body["alert"]!["severity"]);
        Assert.Equal(71.5, (double?)body["alert"]!["actualValue"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)body["alert"]!["triggeredAt"]);
    }

    [Theory]
    [InlineData(AlertTransitions.Acknowledged, "alert.acknowledged")]
    [InlineData(AlertTransitions.Resolved, "alert.resolved")]
    public async Task Every_step_has_its_type(AlertTransitions step, string type) =>
        Assert.Equal(type, (string?)JsonNode.Parse((await Called(step)).Body)!["type"]);

    [Fact]
    public async Task The_signature_covers_the_timestamp_and_the_body_byte_by_byte()
    {
        var call = await Called(AlertTransitions.Triggered, ("Notifications:Webhook:Secret", Secret));

        var timestamp = call.Headers["X-OrleansIot-Timestamp"].ToString();
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), long.Parse(timestamp, CultureInfo.InvariantCulture));
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. call.Body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed));
        Assert.Equal($"v1={expected}", call.Headers["X-OrleansIot-Signature"]);
    }

    [Fact]
    public async Task Without_a_secret_there_is_no_signature() =>
        Assert.False((await Called(AlertTransitions.Triggered)).Headers.ContainsKey("X-OrleansIot-Signature"));

    [Fact]
    public async Task Neither_a_secret_nor_a_token_in_an_address_is_logged()
    {
        _receiver.Answer(500);
        await using var host = await NotifyingHost.Started(
            _outbox, _time, ("Notifications:Webhook:Secret", Secret), ("Notifications:Slack:WebhookUrl", new Uri(_receiver.Address, "/services/T0/B0/hush").ToString()));
        OutboxMessage[] messages =
            [Messages.About(_time, 1, "webhook", new Uri(_receiver.Address, "/hook?token=hush").ToString()), Messages.About(_time, 2, "slack")];
        _outbox.Add([.. messages]);
        foreach (var message in messages)
        {
            var delivery = await _outbox.Until("an attempt", message, one => one.Attempts == 1);
            Assert.DoesNotContain("hush", delivery.Outcome, StringComparison.Ordinal);
        }

        Assert.Contains("attempt 1 failed", host.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", host.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, host.Log.Text, StringComparison.Ordinal);
    }

    private async Task<HttpCall> Called(AlertTransitions step, params (string Name, string Value)[] settings)
    {
        await using var host = await NotifyingHost.Started(_outbox, _time, settings);
        var message = Messages.About(_time, 1, "webhook", _receiver.Hook, step);
        _outbox.Add(message);
        await _outbox.Until("the delivery", message, one => one.Status == DeliveryStatus.Delivered);
        return await _receiver.Next("the call");
    }
}
