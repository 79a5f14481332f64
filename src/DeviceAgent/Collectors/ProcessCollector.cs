using System.IO.Enumeration;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>How many processes exist: the folders of /proc whose name is a number.</summary>
internal sealed class ProcessCollector(string root) : ICollector
{
    private readonly string _processes = Path.Combine(root, "proc");

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        if (!Directory.Exists(_processes))
            return;

        // An enumerable of our own, as the ready-made ones build a path for every entry.
        var found = new FileSystemEnumerable<bool>(_processes, (ref FileSystemEntry _) => true)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                char.IsAsciiDigit(entry.FileName[0]) && entry.IsDirectory,
        };
        message.TopLevel();
        message.Number("process-count", found.LongCount());
    }
}
