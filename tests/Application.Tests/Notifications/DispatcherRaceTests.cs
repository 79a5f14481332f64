using System.Collections.Concurrent;
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

public sealed class DispatcherRaceTests
{
    private static readonly Alert Alert = new(
        new AlertId(DeviceId.Parse("pump-1"), RuleId.Parse("too-hot"), 1), "Too hot", 1, Severity.Warning, "temperature > 70",
        MetricName.Parse("temperature"), MetricValue.Of(71.5), Instant.From(TimeProvider.System.GetUtcNow()));

    [Fact]
    public async Task What_is_delivered_while_the_outbox_is_read_is_not_delivered_again()
    {
        var channel = new Channel();
        var outbox = new SlowToRead(channel);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IOutbox>(outbox);
        builder.Services.AddSingleton<INotificationChannel>(channel);
        builder.Services.AddDelivery(new ConfigurationBuilder().Build());
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        outbox.Stored.Add([Message("m-1")]);
        await channel.Begun.Task.Within("the first attempt");
        outbox.Stored.Add([Message("m-2")]);
        await channel.Second.Task.Within("the second message");
        await host.StopAsync(TestContext.Current.CancellationToken).Within("the host to stop");

        Assert.Equal(["m-1", "m-2"], channel.Delivered);
    }

    private static OutboxMessage Message(string id) => new(id, "slow", "", AlertTransitions.Triggered, Alert, "Pump 1", Alert.TriggeredAt);

    /// <summary>Has read what is due when the first message is answered and recorded, and gives it out then.</summary>
    private sealed class SlowToRead(Channel channel) : IOutbox
    {
        public InMemoryOutbox Stored { get; } = new();

        public async ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation)
        {
            var due = await Stored.Due(now, limit, cancellation);

            // What follows the answer, the record and the end of the target's turn among it, is done when this returns.
            if (now < Instant.MaxValue && due.Any(delivery => delivery.Message.Id == "m-2"))
                channel.Answer.TrySetResult();

            return due;
        }

        public ValueTask<Instant?> NextDue(CancellationToken cancellation) => Stored.NextDue(cancellation);

        public ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation) =>
            Stored.Record(message, status, attempts, at, dueAt, outcome, cancellation);

        public ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation) => Stored.Of(alert, cancellation);

        public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) => Stored.Latest(limit, cancellation);

        public Task Added(CancellationToken cancellation) => Stored.Added(cancellation);
    }

    private sealed class Channel : INotificationChannel
    {
        public string Name => "slow";

        public bool IsConfigured => true;

        public ConcurrentQueue<string> Delivered { get; } = new();

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new();

        public TaskCompletionSource Second { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation)
        {
            Delivered.Enqueue(message.Id);
            Begun.TrySetResult();
            await Answer.Task;
            if (message.Id == "m-2")
                Second.SetResult();

            return new DeliveryResult(DeliveryVerdict.Delivered, "taken");
        }
    }
}
