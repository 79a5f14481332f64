using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Twins;

namespace OrleansIot.Grains.Rules;

/// <summary>When rules change, lets those of this silo's twins look again whom they concern, or did.</summary>
internal sealed partial class RuleReviews(ClusterRules rules, GrainTwins twins, LostTwins lost, FleetIndex ownedHere, TimeProvider time, ILogger<RuleReviews> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // Of a hundred thousand: enough to share commits, few enough that readings find room between them.
    private const int AtOnce = 256;

    // Edits by hand. Where a program makes more than are reviewed, one round for all twins takes their place.
    private const int Waiting = 64;

    private readonly Channel<ImmutableArray<Rule>> _changes = Channel.CreateBounded<ImmutableArray<Rule>>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stopping = new();
    private Task _reviewing = Task.CompletedTask;
    private int _all;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(RuleReviews), ServiceLifecycleStage.Active, Start, Stop);

    public void Dispose() => _stopping.Dispose();

    private Task Start(CancellationToken cancellation)
    {
        rules.RulesChanged += Enqueue;
        _reviewing = Task.Run(ReviewAsTheyChange, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task Stop(CancellationToken cancellation)
    {
        rules.RulesChanged -= Enqueue;
        await _stopping.CancelAsync();
        await _reviewing.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Not on the thread of whoever changed a rule.
    private void Enqueue(ImmutableArray<Rule> changed)
    {
        if (!_changes.Writer.TryWrite(changed))
            Interlocked.Exchange(ref _all, 1);
    }

    private async Task ReviewAsTheyChange()
    {
        await foreach (var changed in _changes.Reader.ReadAllAsync(_stopping.Token))
        {
            var concerned = Interlocked.Exchange(ref _all, 0) == 1 ? ownedHere.All() : ownedHere.All().Where(twin => changed.Any(rule => Concerns(rule, twin)));
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stopping.Token };
            await Parallel.ForEachAsync(concerned, parallel, (twin, _) => Review(twin));
        }
    }

    private static bool Concerns(Rule rule, Twin twin) => rule.AppliesTo(twin.Device, twin.Description.Type) || twin.StateOf(rule.Id) is not null;

    private async ValueTask Review(Twin twin)
    {
        try
        {
            await twins.Execute(twin.Device, new TwinCommand.Review(Instant.From(time.GetUtcNow())), _stopping.Token);
        }
        catch (TwinUnavailableException e)
        {
            // Taken up again, it looks at its rules.
            lost.Add(twin.Device);
            LogNotReviewed(twin.Device, e);
        }
    }

    [LoggerMessage(5032, LogLevel.Warning, "Device {DeviceId} did not look at a changed rule; asked again in some seconds")]
    private partial void LogNotReviewed(Domain.Devices.DeviceId deviceId, Exception exception);
}
