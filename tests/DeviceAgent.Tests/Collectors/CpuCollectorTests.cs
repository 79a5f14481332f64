using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class CpuCollectorTests : IDisposable
{
    private readonly CapturedHost _host = new();

    [Fact]
    public void The_first_reading_has_load_averages_and_no_shares()
    {
        _host.With("proc/stat", "cpu  12425 0 3982 140006 1568 0 62 26 0 0\ncpu0 5698 0 1522 71798 41 0 9 13 0 0\nintr 1 2\n")
            .With("proc/loadavg", "0.24 0.47 1.27 1/83 6397\n");

        var metrics = CapturedHost.Collect(new CpuCollector(_host.Root));

        Assert.Equal(new() { ["cpu-load-1m"] = 0.24, ["cpu-load-5m"] = 0.47, ["cpu-load-15m"] = 1.27 }, metrics);
    }

    [Fact]
    public void Shares_cover_the_ticks_between_two_readings()
    {
        var collector = new CpuCollector(_host.Root);
        _host.With("proc/stat", "cpu  1000 0 500 8000 500 0 0 0 0 0\ncpu0 500 0 250 4000 250 0 0 0 0 0\ncpu1 500 0 250 4000 250 0 0 0 0 0\nctxt 1\n");
        CapturedHost.Collect(collector);
        _host.With("proc/stat", "cpu  1050 0 525 8100 525 0 0 0 0 0\ncpu0 550 0 250 4050 250 0 0 0 0 0\ncpu1 500 0 275 4050 275 0 0 0 0 0\nctxt 1\n");

        var metrics = CapturedHost.Collect(collector);

        Assert.Equal(37.5, metrics["cpu-percent"]);
        Assert.Equal(50, metrics["cpu-core-0"]);
        Assert.Equal(25, metrics["cpu-core-1"]);
    }

    [Fact]
    public void Waiting_for_a_disk_is_idle_time_and_time_stolen_by_the_hypervisor_is_busy()
    {
        var collector = new CpuCollector(_host.Root);
        _host.With("proc/stat", "cpu  100 0 0 100 0 0 0 0 0 0\n");
        CapturedHost.Collect(collector);
        _host.With("proc/stat", "cpu  100 0 0 120 40 0 0 40 0 0\n");

        Assert.Equal(40, CapturedHost.Collect(collector)["cpu-percent"]);
    }

    [Fact]
    public void Guest_time_is_not_counted_twice()
    {
        var collector = new CpuCollector(_host.Root);
        _host.With("proc/stat", "cpu  100 0 0 100 0 0 0 0 50 0\n");
        CapturedHost.Collect(collector);
        _host.With("proc/stat", "cpu  150 0 0 150 0 0 0 0 100 0\n");

        Assert.Equal(50, CapturedHost.Collect(collector)["cpu-percent"]);
    }

    [Fact]
    public void A_core_that_was_switched_off_keeps_the_others_names()
    {
        var collector = new CpuCollector(_host.Root);
        _host.With("proc/stat", "cpu  3 0 0 3 0\ncpu0 1 0 0 1 0\ncpu1 1 0 0 1 0\ncpu2 1 0 0 1 0\n");
        CapturedHost.Collect(collector);
        _host.With("proc/stat", "cpu  5 0 0 5 0\ncpu0 2 0 0 2 0\ncpu2 1 0 0 2 0\n");

        var metrics = CapturedHost.Collect(collector);

        Assert.Equal(0, metrics["cpu-core-2"]);
        Assert.DoesNotContain("cpu-core-1", metrics);
    }

    [Fact]
    public void Io_wait_taken_back_by_the_kernel_never_makes_a_share_leave_0_to_100()
    {
        var collector = new CpuCollector(_host.Root);
        _host.With("proc/stat", "cpu  100 0 0 100 50 0 0 0 0 0\n");
        CapturedHost.Collect(collector);
        _host.With("proc/stat", "cpu  110 0 0 100 20 0 0 0 0 0\n");

        Assert.Equal(100, CapturedHost.Collect(collector)["cpu-percent"]);
    }

    public void Dispose() => _host.Dispose();
}
