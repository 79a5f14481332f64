using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Rules;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Notifications;

public sealed class AlertMessagesTests
{
    private static readonly Instant At = new(1_000);

    private readonly AlertMessages _messages = new([new Named("slack", true), new Named("email", false), new Named("webhook", true)]);

    [Fact]
    public void Each_configured_channel_and_each_webhook_gets_one_message()
    {
        var rule = With("""{"notifications":["slack","email","pager","slack"],"webhooks":["http://a/1","http://b/2"]}""");

        var messages = _messages.Compose(rule, Triggered, "Pump 1", At);

        Assert.Equal([("slack", ""), ("webhook", "http://a/1"), ("webhook", "http://b/2")], messages.Select(message => (message.Channel, message.Target)));
        Assert.All(messages, message => Assert.Equal((AlertTransitions.Triggered, Triggered, "Pump 1", At), (message.Transition, message.Alert, message.DeviceName, message.CreatedAt)));
    }

    [Fact]
    public void Only_the_steps_that_the_rule_names_are_told()
    {
        var rule = With("""{"notifications":["slack"],"on":["acknowledged","resolved"]}""");

        Assert.Empty(_messages.Compose(rule, Triggered, null, At));
        Assert.Equal(AlertTransitions.Acknowledged, Assert.Single(_messages.Compose(rule, Acknowledged, null, At)).Transition);
        Assert.Equal(AlertTransitions.Resolved, Assert.Single(_messages.Compose(rule, Resolved, null, At)).Transition);
    }

    [Fact]
    public void The_same_step_makes_the_same_ids_and_every_other_step_other_ones()
    {
        var rule = With("""{"notifications":["slack"],"webhooks":["http://a/1","http://b/2"],"on":["triggered","acknowledged","resolved"]}""");
        Alert[] steps = [Triggered, Acknowledged, Resolved, Triggered with { Id = Triggered.Id with { Occurrence = 8 } }];

        var ids = steps.SelectMany(alert => _messages.Compose(rule, alert, null, At)).Select(message => message.Id).ToList();

        Assert.Equal(12, ids.Distinct().Count());
        Assert.Equal(ids, steps.SelectMany(alert => _messages.Compose(rule, alert, "Renamed", At + TimeSpan.FromHours(1))).Select(message => message.Id));
        Assert.Equal("pump~r~7/triggered/slack", ids[0]);
        Assert.Equal("pump~r~7/triggered/webhook/93e96c2c25a600d2", ids[1]);
    }

    private static Alert Triggered { get; } = new(
        AlertId.Parse("pump~r~7"), "Too hot", 1, Severity.Critical, "t > 1", MetricName.Parse("t"), MetricValue.Of(2), At);

    private static Alert Acknowledged { get; } = Triggered with { Status = AlertStatus.Acknowledged, AcknowledgedAt = At, AcknowledgedBy = "Ann" };

    private static Alert Resolved { get; } = Triggered with { Status = AlertStatus.Resolved, ResolvedAt = At, Resolution = AlertResolution.Cleared };

    private static Rule With(string actions) =>
        RuleDocumentReader.Read($$"""{"ruleId":"r","condition":{"metric":"t","operator":">","threshold":1},"actions":{{actions}}}""").Rule!;

    private sealed record Named(string Name, bool IsConfigured) : INotificationChannel
    {
        public ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation) =>
            throw new InvalidOperationException("Composing delivers nothing.");
    }
}
