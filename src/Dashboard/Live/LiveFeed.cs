using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Dashboard.Live;

/// <summary>
/// What the pages of one circuit hear of the fleet. The first change after a pause is told at once, the next ones together
/// after <see cref="Beat"/>: quick to the eye, and a busy fleet costs a browser a few renders a second.
/// </summary>
public sealed partial class LiveFeed(IFleet fleet, TimeProvider time, ILogger<LiveFeed> logger)
{
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(300);
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Tells until the answer is disposed. <paramref name="tell"/> is never called twice at the same time.</summary>
    public IDisposable Watch(FleetFilter filter, Func<FleetUpdate, Task> tell)
    {
        var leaving = new CancellationTokenSource();
        var gathered = new FleetConflation(keepReadings: filter.Device is not null);
        // One token says "there is something"; a second one would say the same.
        var something = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        _ = Gather(filter, gathered, something.Writer, leaving.Token);
        _ = Tell(gathered, something.Reader, tell, leaving.Token);
        return new Subscription(leaving);
    }

    private async Task Gather(FleetFilter filter, FleetConflation gathered, ChannelWriter<bool> something, CancellationToken leaving)
    {
        while (!leaving.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in fleet.Watch(filter, leaving))
                {
                    gathered.Add(change);
                    something.TryWrite(true);
                }
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return;
            }
            catch (Exception broken)
            {
                WatchBroke(logger, broken);
            }

            await Task.Delay(RetryAfter, time, leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            gathered.AddBreak();
            something.TryWrite(true);
        }
    }

    private async Task Tell(FleetConflation gathered, ChannelReader<bool> something, Func<FleetUpdate, Task> tell, CancellationToken leaving)
    {
        try
        {
            await foreach (var _ in something.ReadAllAsync(leaving))
            {
                if (!gathered.TryTake(out var update))
                    continue;

                try
                {
                    await tell(update);
                }
                catch (Exception broken) when (!leaving.IsCancellationRequested)
                {
                    UpdateBroke(logger, broken);
                }

                await Task.Delay(Beat, time, leaving);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (ObjectDisposedException) when (leaving.IsCancellationRequested)
        {
            // So was its renderer.
        }
    }

    [LoggerMessage(6001, LogLevel.Warning, "The fleet's changes broke off; watching again.")]
    private static partial void WatchBroke(ILogger logger, Exception broken);

    [LoggerMessage(6002, LogLevel.Error, "A page could not show an update.")]
    private static partial void UpdateBroke(ILogger logger, Exception broken);

    private sealed class Subscription(CancellationTokenSource leaving) : IDisposable
    {
        // Not disposed: the source holds no timer or handle, and both loops may still be on their way out with its token.
        public void Dispose() => leaving.Cancel();
    }
}
