using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Ingest;

/// <summary>The Standalone edition with everything on: durable before PUBACK, history, roll-ups, the shipped rules.</summary>
internal sealed partial class StandaloneUnderLoad : SystemUnderLoad
{
    private readonly string _folder;

    private StandaloneUnderLoad(int port, ChildProcess process, string folder)
        : base("OrleansIot Standalone", port, process) => _folder = folder;

    public static async Task<SystemUnderLoad> Start()
    {
        // Beside this program, not in /tmp: that may be memory, and a commit there costs nothing.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"data-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        var process = ChildProcess.Start("dotnet", [PathOf("StandaloneAssembly"), "--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={folder}", "--Agent:Enabled=false"]);
        var listening = await process.Line(Listening(), TimeSpan.FromSeconds(60));
        return new StandaloneUnderLoad(int.Parse(listening.Groups["port"].Value, CultureInfo.InvariantCulture), process, folder);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex Listening();
}
