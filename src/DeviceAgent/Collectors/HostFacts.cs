using System.Runtime.InteropServices;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>What does not change while the agent runs; sent once per connection.</summary>
internal sealed record HostFacts(string HostName, string OperatingSystem, string Kernel, string Architecture, int Cores)
{
    public static HostFacts Read(string root) => new(
        Environment.MachineName,
        PrettyName(Path.Combine(root, "etc/os-release")) ?? RuntimeInformation.OSDescription,
        Text(Path.Combine(root, "proc/sys/kernel/osrelease")) ?? Environment.OSVersion.VersionString,
        RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount);

    public void Report(MetricMessage message)
    {
        message.Section("host");
        message.Text("name", HostName);
        message.Text("os", OperatingSystem);
        message.Text("kernel", Kernel);
        message.Text("architecture", Architecture);
        message.Number("cores", Cores);
    }

    private static string? PrettyName(string path) =>
        File.Exists(path)
            ? File.ReadLines(path)
                .Where(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
                .Select(line => line["PRETTY_NAME=".Length..].Trim('"'))
                .FirstOrDefault()
            : null;

    private static string? Text(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
