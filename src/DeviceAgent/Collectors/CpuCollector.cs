using System.Buffers.Text;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Busy share of all cores and of each one since the previous call, and load averages.</summary>
internal sealed class CpuCollector(string root) : ICollector
{
    private readonly HostFile _stat = new(Path.Combine(root, "proc/stat"));
    private readonly HostFile _loadAverages = new(Path.Combine(root, "proc/loadavg"));
    private readonly List<Core> _cores = [];
    private CpuTicks _total;

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        message.Section("cpu");
        ReadTicks(message);
        ReadLoadAverages(message);
    }

    private void ReadTicks(MetricMessage message)
    {
        var stat = _stat.Read();
        foreach (var range in stat.Split((byte)'\n'))
        {
            var line = stat[range];
            if (!line.StartsWith("cpu"u8))
                return; // The processors come first; what follows (a number per interrupt) can be long.

            var fields = new Fields(line);
            var name = fields.Next()[3..];
            var now = CpuTicks.Read(ref fields);
            if (name.IsEmpty)
            {
                Report(message, "percent", ref _total, now);
            }
            else if (Utf8Parser.TryParse(name, out int number, out _))
            {
                var core = CoreWith(number);
                Report(message, core.MetricName, ref core.Ticks, now);
            }
        }
    }

    private void ReadLoadAverages(MetricMessage message)
    {
        if (_loadAverages.Read() is { IsEmpty: false } line)
        {
            var fields = new Fields(line);
            message.Number("load-1m", fields.NextFraction(), 2);
            message.Number("load-5m", fields.NextFraction(), 2);
            message.Number("load-15m", fields.NextFraction(), 2);
        }
    }

    private static void Report(MetricMessage message, string name, ref CpuTicks before, CpuTicks now)
    {
        if (now.BusyPercentSince(before) is { } percent)
            message.Percent(name, percent);

        before = now;
    }

    // Cores are numbered, but those switched off are missing from the file.
    private Core CoreWith(int number)
    {
        if (_cores.Find(c => c.Number == number) is not { } core)
            _cores.Add(core = new Core(number));

        return core;
    }

    private sealed class Core(int number)
    {
        public readonly int Number = number;
        public readonly string MetricName = $"core-{number}";
        public CpuTicks Ticks;
    }
}
