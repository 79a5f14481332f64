using System.Text;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Bytes per second read from and written to all disks together.</summary>
internal sealed class DiskIoCollector(string root) : ICollector
{
    // The unit of /proc/diskstats, whatever the disk's own sector size.
    private const int SectorBytes = 512;

    private readonly HostFile _statistics = new(Path.Combine(root, "proc/diskstats"));
    private CounterRate _read;
    private CounterRate _written;

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        long read = 0, written = 0;
        var disks = 0;
        var content = _statistics.Read();
        foreach (var range in content.Split((byte)'\n'))
        {
            var fields = new Fields(content[range]);
            fields.Skip(2);
            var name = fields.Next();
            if (name.IsEmpty || !IsDisk(name))
                continue;

            disks++;
            fields.Skip(2);
            read += fields.NextNumber();
            fields.Skip(3);
            written += fields.NextNumber();
        }

        if (disks == 0)
            return;

        message.Section("disk");
        if (_read.Next(read * SectorBytes, elapsed) is { } readRate)
            message.Number("read-bytes-per-second", readRate, 0);

        if (_written.Next(written * SectorBytes, elapsed) is { } writeRate)
            message.Number("write-bytes-per-second", writeRate, 0);
    }

    // Only hardware has a device link. Partitions, and the loop, zram, LVM and RAID devices built on top of a disk,
    // have none; their bytes would count twice.
    private bool IsDisk(ReadOnlySpan<byte> name) =>
        Directory.Exists(Path.Combine(root, "sys/block", Encoding.UTF8.GetString(name), "device"));
}
