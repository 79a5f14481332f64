using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Rules;
using OrleansIot.Notifications.Tests.Host;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests;

public sealed class SlackTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly WatchedOutbox _outbox = new();
    private HttpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await HttpReceiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_message_names_severity_device_condition_and_value_and_links_to_the_dashboard()
    {
        var message = await Posted(AlertTransitions.Triggered, ("Notifications:DashboardUrl", "https://iot.example.org/fleet"));

        Assert.Equal("🔴 Critical: Too &lt;hot&gt; on Pump 1", (string?)message["text"]);
        var blocks = message["blocks"]!.AsArray();
        Assert.Equal("🔴 Critical: Too <hot> on Pump 1", (string?)blocks[0]!["text"]!["text"]);
        Assert.Equal(
            ["*Severity*\ncritical", "*Device*\nPump 1 (pump-1)", "*Condition*\n`temperature &gt; 70 for 60 s`", "*Value*\n71.5"],
            blocks[1]!["fields"]!.AsArray().Select(field => (string?)field!["text"]));
        Assert.Contains("<https://iot.example.org/fleet/devices/pump-1|Open in the dashboard>", (string?)blocks[2]!["elements"]![0]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_says_how_and_after_how_long()
    {
        var message = await Posted(AlertTransitions.Resolved);

        Assert.StartsWith("✅ Resolved: ", (string?)message["text"], StringComparison.Ordinal);
        Assert.Contains("cleared after 1 min 30 s", (string?)message["blocks"]![2]!["elements"]![0]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acknowledgement_says_who() =>
        Assert.Contains("acknowledged by Ann", (string?)(await Posted(AlertTransitions.Acknowledged))["blocks"]![2]!["elements"]![0]!["text"], StringComparison.Ordinal);

    [Fact]
    public async Task An_address_that_is_none_is_refused_at_the_start_without_showing_it()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => NotifyingHost.Started(_outbox, _time, ("Notifications:Slack:WebhookUrl", "hooks.slack.com/services/hush")));

        Assert.Contains("WebhookUrl", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.Message, StringComparison.Ordinal);
    }

    private async Task<JsonNode> Posted(AlertTransitions step, params (string Name, string Value)[] settings)
    {
        await using var host = await NotifyingHost.Started(
            _outbox, _time, [.. settings, ("Notifications:Slack:WebhookUrl", new Uri(_receiver.Address, "/services/T0/B0/hush").ToString())]);
        var message = Messages.About(_time, 1, "slack", step: step);
        _outbox.Add(message);
        await _outbox.Until("the delivery", message, one => one.Status == DeliveryStatus.Delivered);
        var call = await _receiver.Next("the post");
        Assert.Equal("/services/T0/B0/hush", call.Path);
        return JsonNode.Parse(call.Body)!;
    }
}
