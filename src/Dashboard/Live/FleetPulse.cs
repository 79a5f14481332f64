using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Dashboard.Live;

/// <summary>The fleet's numbers, read twice a second once for all browsers, and their last two minutes.</summary>
public sealed partial class FleetPulse(IFleet fleet, IIngestStatistics statistics, TimeProvider time, ILogger<FleetPulse> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Every fourth sample is kept for the sparklines: two minutes of them.</summary>
    public const int KeepEvery = 4;
    public const int Kept = 60;

    private int _beats;

    /// <summary>Never null; without counts before the first beat.</summary>
    public PulseSample Latest { get; private set; } = PulseSample.None;

    /// <summary>Oldest first, at most <see cref="Kept"/>.</summary>
    public ImmutableArray<PulseSample> Samples { get; private set; } = [];

    public ImmutableArray<double> ReadingsPerSecond => statistics.ReadingsPerSecond;

    /// <summary>Raised after each sample, on no particular thread.</summary>
    public event Action? Beat;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await Sample(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Sample(CancellationToken cancellation)
    {
        try
        {
            var counts = await fleet.Counts(cancellation);
            var rate = statistics.ReadingsPerSecond;
            Latest = new PulseSample(counts, statistics.ReceiveToCommitP99, rate.IsEmpty ? 0 : rate[^1]);
            if (_beats++ % KeepEvery == 0)
                Samples = (Samples.Length < Kept ? Samples : Samples.RemoveAt(0)).Add(Latest);

            Beat?.Invoke();
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            SampleFailed(logger, failed);
        }
    }

    [LoggerMessage(6003, LogLevel.Warning, "The fleet could not be counted; the numbers shown are old.")]
    private static partial void SampleFailed(ILogger logger, Exception failed);
}

/// <param name="Counts">Null before the first sample.</param>
public sealed record PulseSample(FleetCounts? Counts, TimeSpan? ReceiveToCommit, double ReadingsPerSecond)
{
    public static readonly PulseSample None = new(null, null, 0);
}
