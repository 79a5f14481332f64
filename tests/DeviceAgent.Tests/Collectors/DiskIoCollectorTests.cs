using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class DiskIoCollectorTests : IDisposable
{
    private readonly CapturedHost _host = new CapturedHost()
        .WithFolder("sys/block/sda/device").WithFolder("sys/block/nvme0n1/device")
        .WithFolder("sys/block/loop0").WithFolder("sys/block/dm-0");

    [Fact]
    public void Rates_add_up_the_disks_and_leave_out_partitions_and_devices_built_on_them()
    {
        var collector = new DiskIoCollector(_host.Root);
        _host.With("proc/diskstats", Statistics(sdaRead: 1_000, sdaWritten: 2_000, nvmeRead: 0));
        CapturedHost.Collect(collector);
        _host.With("proc/diskstats", Statistics(sdaRead: 1_010, sdaWritten: 2_040, nvmeRead: 10));

        var metrics = CapturedHost.Collect(collector, TimeSpan.FromSeconds(2));

        Assert.Equal(20 * 512 / 2, metrics["disk-read-bytes-per-second"]);
        Assert.Equal(40 * 512 / 2, metrics["disk-write-bytes-per-second"]);
    }

    [Fact]
    public void A_counter_that_went_back_gives_no_rate_until_it_has_grown_again()
    {
        var collector = new DiskIoCollector(_host.Root);
        _host.With("proc/diskstats", Statistics(sdaRead: 1_000, sdaWritten: 2_000, nvmeRead: 0));
        CapturedHost.Collect(collector);
        _host.With("proc/diskstats", Statistics(sdaRead: 10, sdaWritten: 2_000, nvmeRead: 0));

        Assert.DoesNotContain("disk-read-bytes-per-second", CapturedHost.Collect(collector, TimeSpan.FromSeconds(1)));
        Assert.Equal(0, CapturedHost.Collect(collector, TimeSpan.FromSeconds(1))["disk-read-bytes-per-second"]);
    }

    public void Dispose() => _host.Dispose();

    private static string Statistics(int sdaRead, int sdaWritten, int nvmeRead) => $"""
           7       0 loop0 1 0 {sdaRead * 7} 0 0 0 0 0 0 0 0
           8       0 sda 68120 22650 {sdaRead} 22884 28324 18876 {sdaWritten} 12447 0 18584 36069 8521 21 675224 611
           8       1 sda1 68120 22650 {sdaRead} 22884 28324 18876 {sdaWritten} 12447 0 18584 36069
         253       0 dm-0 68120 0 {sdaRead} 0 0 0 {sdaWritten} 0 0 0 0
         259       0 nvme0n1 1 0 {nvmeRead} 0 0 0 0 0 0 0 0
        """;
}
