using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Notifications;

public sealed class DispatcherStopTests
{
    private static readonly Alert Alert = new(
        new AlertId(DeviceId.Parse("pump-1"), RuleId.Parse("too-hot"), 1), "Too hot", 1, Severity.Warning, "temperature > 70",
        MetricName.Parse("temperature"), MetricValue.Of(71.5), Instant.From(TimeProvider.System.GetUtcNow()));

    [Fact]
    public async Task What_was_sent_while_the_process_is_told_to_stop_is_recorded_and_not_sent_again()
    {
        var outbox = new InMemoryOutbox();
        var channel = new SlowChannel();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IOutbox>(outbox);
        builder.Services.AddSingleton<INotificationChannel>(channel);
        builder.Services.AddDelivery(new ConfigurationBuilder().Build());
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        outbox.Add([new OutboxMessage("m-1", "slow", "", AlertTransitions.Triggered, Alert, "Pump 1", Alert.TriggeredAt)]);
        await channel.Begun.Task.Within("the attempt to begin");
        var stopping = host.StopAsync(TestContext.Current.CancellationToken);
        channel.Answer.SetResult();
        await stopping.Within("the host to stop");

        Assert.Equal(DeliveryStatus.Delivered, Assert.Single(await outbox.Latest(10, default)).Status);
    }

    /// <summary>Answers when the test says so, as a target does that has the message already.</summary>
    private sealed class SlowChannel : INotificationChannel
    {
        public string Name => "slow";

        public bool IsConfigured => true;

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation)
        {
            Begun.SetResult();
            await Answer.Task.WaitAsync(cancellation);
            return new DeliveryResult(DeliveryVerdict.Delivered, "taken");
        }
    }
}
