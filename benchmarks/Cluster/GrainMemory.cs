using System.Diagnostics;

namespace OrleansIot.Cluster;

/// <summary>What it takes to have many grains of which nobody wants anything.</summary>
internal static class GrainMemory
{
    private const int AtOnce = 256;

    /// <param name="activate">Makes the grain of that number be there.</param>
    public static async Task<IdleCost> Measure(int grains, Func<int, Task> activate)
    {
        var before = Settled();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, grains, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await activate(number));
        var took = Stopwatch.GetElapsedTime(started);
        return new IdleCost((Settled() - before) / (double)grains, grains / took.TotalSeconds);
    }

    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <param name="Bytes">Managed heap a grain.</param>
/// <param name="ActivationsPerSecond">From nothing to its first answer.</param>
internal readonly record struct IdleCost(double Bytes, double ActivationsPerSecond);
