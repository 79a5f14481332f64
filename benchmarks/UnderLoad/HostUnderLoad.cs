using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.UnderLoad;

/// <summary>A host of ours with everything on: durable before PUBACK, history, roll-ups, the shipped rules.</summary>
public sealed partial class HostUnderLoad : SystemUnderLoad
{
    private readonly string _folder;

    private HostUnderLoad(string name, int port, ChildProcess process, string folder)
        : base(name, port, process) => _folder = folder;

    /// <param name="name">As the table is to call it.</param>
    /// <param name="host">Name of the assembly's metadata attribute that holds the host's path.</param>
    /// <param name="settings">Beyond ports and data folder.</param>
    public static async Task<SystemUnderLoad> Start(string name, string host, params string[] settings)
    {
        // Beside this program, not in /tmp: that may be memory, and a commit there costs nothing.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"data-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        var process = ChildProcess.Start("dotnet", [PathOf(host), "--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={folder}", .. settings]);
        var listening = await process.Line(Listening(), TimeSpan.FromSeconds(60));
        return new HostUnderLoad(name, int.Parse(listening.Groups["port"].Value, CultureInfo.InvariantCulture), process, folder);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The path that the program's project file wrote under that name.</summary>
    private static string PathOf(string host) =>
        Assembly.GetEntryAssembly()!.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == host).Value!;

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex Listening();
}
