using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Notifications;

/// <summary>
/// Brings one target its messages, one after the other, oldest first. One that must be tried again lets the others pass, except
/// the later steps of its own alert: nobody hears of an end before the beginning.
/// </summary>
internal sealed partial class TargetLane(
    IOutbox outbox,
    IEnumerable<INotificationChannel> channels,
    TargetCircuits circuits,
    RetrySchedule schedule,
    DeliveryMeter meter,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<TargetLane> log)
{
    // For recording the outcome after an attempt that took all its time.
    private static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(5);

    // Told to stop, an attempt under way has so long for its answer: what the target has and nobody recorded is sent again at the next start.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);

    private readonly FrozenDictionary<string, INotificationChannel> _channels = channels.ToFrozenDictionary(channel => channel.Name, StringComparer.Ordinal);
    private readonly DeliveryOptions _options = options.Value;

    private Instant Now => Instant.From(time.GetUtcNow());

    public static string TargetOf(OutboxMessage message) => $"{message.Channel} {message.Target}";

    public async Task Deliver(IEnumerable<Delivery> oldestFirst, CancellationToken cancellation)
    {
        foreach (var delivery in oldestFirst)
            await Deliver(delivery, cancellation);
    }

    private async Task Deliver(Delivery delivery, CancellationToken cancellation)
    {
        if (circuits.ClosedUntil(TargetOf(delivery.Message), Now) is { } pausedUntil)
            await Postpone(delivery, pausedUntil, cancellation);
        else if (await EarlierStepDue(delivery.Message, cancellation) is { } earlier)
            await Record(delivery, DeliveryStatus.Pending, delivery.Attempts, Later(earlier, Now) + TimeSpan.FromMilliseconds(1), "waits for the step before it", cancellation);
        else if (await outbox.Claim(delivery, Now + _options.AttemptTimeout + ClaimMargin, cancellation))
            await Judge(delivery, await Attempt(delivery, cancellation));
    }

    private Task Postpone(Delivery delivery, Instant until, CancellationToken cancellation) =>
        IsTooOld(delivery, Now)
            ? GiveUp(delivery, delivery.Attempts, delivery.Outcome ?? "its target kept failing", cancellation)
            : Record(delivery, DeliveryStatus.Pending, delivery.Attempts, until, "waits: its target keeps failing", cancellation);

    // What was attempted is recorded even when the process is told to stop meanwhile: otherwise it would be sent again.
    private async Task Judge(Delivery delivery, DeliveryResult result)
    {
        var target = TargetOf(delivery.Message);
        var attempts = delivery.Attempts + 1;
        if (result.Verdict == DeliveryVerdict.Retry)
            circuits.Failed(target, Now, result.RetryAfter);
        else
            circuits.Succeeded(target);

        var due = Now + schedule.DelayAfter(attempts, result.RetryAfter, Random.Shared.NextDouble());
        if (result.Verdict == DeliveryVerdict.Delivered)
        {
            meter.Attempted(delivery.Message.Channel, "delivered");
            await Record(delivery, DeliveryStatus.Delivered, attempts, Now, result.Outcome, CancellationToken.None);
        }
        else if (result.Verdict == DeliveryVerdict.Refused)
        {
            meter.Attempted(delivery.Message.Channel, "refused");
            LogRefused(delivery.Message.Id, result.Outcome);
            await Record(delivery, DeliveryStatus.Failed, attempts, Now, result.Outcome, CancellationToken.None);
        }
        else if (attempts >= _options.MaxAttempts || IsTooOld(delivery, due))
        {
            meter.Attempted(delivery.Message.Channel, "given_up");
            await GiveUp(delivery, attempts, result.Outcome, CancellationToken.None);
        }
        else
        {
            meter.Attempted(delivery.Message.Channel, "retry");
            LogRetry(delivery.Message.Id, attempts, result.Outcome, due);
            await Record(delivery, DeliveryStatus.Pending, attempts, due, result.Outcome, CancellationToken.None);
        }
    }

    private async Task<DeliveryResult> Attempt(Delivery delivery, CancellationToken cancellation)
    {
        var message = delivery.Message;
        if (!_channels.TryGetValue(message.Channel, out var channel) || !channel.IsConfigured)
            return new DeliveryResult(DeliveryVerdict.Refused, $"channel '{message.Channel}' is not configured");

        using var limit = new CancellationTokenSource(_options.AttemptTimeout, time);
        await using var hurry = cancellation.UnsafeRegister(static state => ((CancellationTokenSource)state!).CancelAfter(StopGrace), limit);
        try
        {
            return await channel.Deliver(message, delivery.Attempts + 1, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryVerdict.Retry, $"no answer within {_options.AttemptTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFaulted(message.Channel, message.Id, e);
            return new DeliveryResult(DeliveryVerdict.Retry, $"the channel failed: {e.GetType().Name}");
        }
    }

    /// <summary>When the step before this one is due, while it is pending.</summary>
    private async ValueTask<Instant?> EarlierStepDue(OutboxMessage message, CancellationToken cancellation)
    {
        if (message.Transition == AlertTransitions.Triggered)
            return null;

        foreach (var other in await outbox.Of(message.Alert.Id, cancellation))
        {
            if (other.Status == DeliveryStatus.Pending && other.Message.Transition < message.Transition && TargetOf(other.Message) == TargetOf(message))
                return other.DueAt;
        }

        return null;
    }

    private async Task GiveUp(Delivery delivery, int attempts, string outcome, CancellationToken cancellation)
    {
        LogGivenUp(delivery.Message.Id, attempts, outcome);
        await Record(delivery, DeliveryStatus.Failed, attempts, Now, $"given up after {attempts} attempts: {outcome}", cancellation);
    }

    private bool IsTooOld(Delivery delivery, Instant at) => at - delivery.Message.CreatedAt > _options.GiveUpAfter;

    private Task Record(Delivery delivery, DeliveryStatus status, int attempts, Instant due, string outcome, CancellationToken cancellation) =>
        outbox.Record(delivery.Message, status, attempts, Now, due, outcome, cancellation).AsTask();

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;

    [LoggerMessage(1102, LogLevel.Information, "Message {Id}: attempt {Attempt} failed ({Outcome}); again at {Due}")]
    private partial void LogRetry(string id, int attempt, string outcome, Instant due);

    [LoggerMessage(1103, LogLevel.Warning, "Message {Id} was refused: {Outcome}")]
    private partial void LogRefused(string id, string outcome);

    [LoggerMessage(1104, LogLevel.Warning, "Message {Id} is given up after {Attempts} attempts: {Outcome}")]
    private partial void LogGivenUp(string id, int attempts, string outcome);

    [LoggerMessage(1105, LogLevel.Error, "Channel {Channel} failed on message {Id}")]
    private partial void LogFaulted(string channel, string id, Exception e);
}
