using OrleansIot.DeviceAgent.Collectors;
using OrleansIot.DeviceAgent.Collectors.Portable;

namespace OrleansIot.DeviceAgent;

/// <summary>Takes a complete reading of this machine as one message.</summary>
internal sealed class HostSampler : IDisposable
{
    private readonly TimeProvider _time;
    private readonly HostFacts _facts;
    private readonly ICollector[] _collectors;
    private readonly MetricMessage _message = new();
    private long? _previous;

    /// <param name="time">The clock of timestamps and rates.</param>
    /// <param name="root">Folder that holds <c>proc</c>, <c>sys</c> and <c>etc</c>: <c>/</c>, or captured files in a test.</param>
    public HostSampler(TimeProvider time, string root = "/")
    {
        _time = time;
        _facts = HostFacts.Read(root);

        // In the order of the message: collectors of one section are neighbours.
        _collectors = OperatingSystem.IsLinux()
            ?
            [
                new CpuCollector(root),
                new MemoryCollector(root),
                new FileSystemCollector(root, FileSystemSpace.Of),
                new DiskIoCollector(root),
                new NetworkCollector(root),
                new SensorCollector(root),
                new UptimeCollector(root),
                new ProcessCollector(root),
            ]
            :
            [
                new PortableMemoryCollector(),
                new PortableFileSystemCollector(),
                new PortableNetworkCollector(),
                new PortableUptimeCollector(),
            ];
    }

    /// <summary>Reads the counters without a message, so that the next reading has rates.</summary>
    public void Prime() => Take("", 0);

    /// <summary>One message with all metrics; rates and CPU shares cover the time since the previous call.</summary>
    public byte[] Take(string boot, long sequence)
    {
        var now = _time.GetTimestamp();
        var elapsed = _previous is { } previous ? _time.GetElapsedTime(previous, now) : TimeSpan.Zero;
        _previous = now;

        _message.Begin(_time.GetUtcNow(), boot, sequence);
        foreach (var collector in _collectors)
            collector.Collect(_message, elapsed);

        return _message.Complete();
    }

    /// <summary>A message with what the machine is: name, operating system, kernel, architecture, cores.</summary>
    public byte[] Facts(string boot, long sequence)
    {
        _message.Begin(_time.GetUtcNow(), boot, sequence);
        _facts.Report(_message);
        return _message.Complete();
    }

    public void Dispose() => _message.Dispose();
}
