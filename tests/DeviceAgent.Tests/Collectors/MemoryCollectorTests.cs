using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class MemoryCollectorTests : IDisposable
{
    private readonly CapturedHost _host = new();

    [Fact]
    public void Memory_that_the_cache_would_give_back_is_not_used()
    {
        _host.With("proc/meminfo", """
            MemTotal:        4000000 kB
            MemFree:          200000 kB
            MemAvailable:    3000000 kB
            Buffers:             988 kB
            Cached:          2800000 kB
            SwapTotal:       1000000 kB
            SwapFree:         900000 kB
            """);

        Assert.Equal(
            new()
            {
                ["memory-percent"] = 25,
                ["memory-total-bytes"] = 4_096_000_000,
                ["memory-used-bytes"] = 1_024_000_000,
                ["memory-available-bytes"] = 3_072_000_000,
                ["swap-percent"] = 10,
                ["swap-total-bytes"] = 1_024_000_000,
                ["swap-used-bytes"] = 102_400_000,
                ["swap-free-bytes"] = 921_600_000,
            },
            CapturedHost.Collect(new MemoryCollector(_host.Root)));
    }

    [Fact]
    public void A_machine_without_swap_has_no_swap_metrics()
    {
        _host.With("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 50 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");

        var metrics = CapturedHost.Collect(new MemoryCollector(_host.Root));

        Assert.DoesNotContain(metrics.Keys, name => name.StartsWith("swap", StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_without_the_file_has_no_memory_metrics() =>
        Assert.Empty(CapturedHost.Collect(new MemoryCollector(_host.Root)));

    public void Dispose() => _host.Dispose();
}
