using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Application.Notifications;

/// <summary>
/// Delivers what is in the outbox: as soon as it is added, again when it is due again, and after a restart what was pending.
/// At least once, each time under the message's own id.
/// </summary>
internal sealed partial class OutboxDispatcher(
    IOutbox outbox, TargetLane lane, DeliveryMeter meter, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<OutboxDispatcher> log)
    : BackgroundService, IHealthCheck
{
    public const string HealthName = "outbox";

    // Read at once; the rest is read when a lane is done.
    private const int Batch = 500;
    private const int PendingShown = 1_000;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    // The next due message may be one of a target that is being served: then look again after this.
    private static readonly TimeSpan WhileBusy = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _lanes = new(StringComparer.Ordinal);

    // One slot: several reasons to look again are one.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile bool _isFailing;

    private Instant Now => Instant.From(time.GetUtcNow());

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ExecuteTask is null or { IsCompleted: true }
            ? HealthCheckResult.Unhealthy("Messages are not being delivered: the dispatcher does not run.")
            : _isFailing ? HealthCheckResult.Degraded("The outbox fails; the log says why. It is tried again and again.") : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = Repeat(Listen, stoppingToken);
        await Repeat(Dispatch, stoppingToken);
        await listening;
        await Task.WhenAll(_lanes.Values);
    }

    private async Task Repeat(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _isFailing = true;
                LogFailed(e);
                await Task.Delay(PauseAfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Listen(CancellationToken stopping)
    {
        // Asked again before anybody is woken: what is added in between is found by the look that follows.
        var added = outbox.Added(stopping);
        while (true)
        {
            Wake();
            await added;
            added = outbox.Added(stopping);
        }
    }

    private async Task Dispatch(CancellationToken stopping)
    {
        // What is read may be delivered while it is read: a target that is being served now waits for its next turn. Its end wakes this.
        var busy = _lanes.Keys.ToHashSet(StringComparer.Ordinal);
        var due = await outbox.Due(Now, Batch, stopping);
        foreach (var target in due.GroupBy(delivery => TargetLane.TargetOf(delivery.Message)))
        {
            if (_lanes.Count >= options.Value.Parallelism)
                break;

            if (!busy.Contains(target.Key))
                Start(target.Key, [.. target.OrderBy(delivery => delivery.Message.CreatedAt)], stopping);
        }

        _isFailing = false;
        meter.Pending((await outbox.Due(Instant.MaxValue, PendingShown, stopping)).Count);
        await WaitForWork(await outbox.NextDue(stopping), stopping);
    }

    private void Start(string target, IReadOnlyList<Delivery> deliveries, CancellationToken stopping)
    {
        // Entered before it runs, so that it cannot end before it is there.
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lanes[target] = Run(target, deliveries, start.Task, stopping);
        start.SetResult();
    }

    private async Task Run(string target, IReadOnlyList<Delivery> deliveries, Task start, CancellationToken stopping)
    {
        await start;
        try
        {
            await lane.Deliver(deliveries, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // The store did not take the outcome: the target stays taken for a while, or the same would be sent without a pause.
            LogFailed(e);
            await Task.Delay(PauseAfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _lanes.TryRemove(target, out _);
            Wake();
        }
    }

    private async Task WaitForWork(Instant? nextDue, CancellationToken stopping)
    {
        var wait = nextDue is null ? Timeout.InfiniteTimeSpan : nextDue.Value - Now;
        if (nextDue is not null && wait <= TimeSpan.Zero)
        {
            if (_lanes.IsEmpty)
                return;

            wait = WhileBusy;
        }

        // Longer than a timer can run is looked at again in between.
        using var limit = new CancellationTokenSource(wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);

        // The clock may have been set forward, and the timer counts from now on whatever the clock shows.
        if (wait != WhileBusy && nextDue <= Now)
            return;

        try
        {
            await _wake.Reader.WaitToReadAsync(either.Token);
            _wake.Reader.TryRead(out _);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    [LoggerMessage(1101, LogLevel.Error, "The outbox failed; trying again in a few seconds")]
    private partial void LogFailed(Exception e);
}
