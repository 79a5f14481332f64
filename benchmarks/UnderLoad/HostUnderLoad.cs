using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.UnderLoad;

/// <summary>A host of ours with everything on: durable before PUBACK, history, roll-ups, the shipped rules and those of the load.</summary>
public sealed partial class HostUnderLoad : SystemUnderLoad
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly ChildProcess _process;
    private readonly string _folder;
    private readonly bool _keepsFolder;

    private HostUnderLoad(string name, int port, Uri api, ChildProcess process, string folder, bool keepsFolder)
        : base(name, port, process) => (Api, _process, _folder, _keepsFolder) = (api, process, folder, keepsFolder);

    public Uri Api { get; }

    /// <param name="name">As the table is to call it.</param>
    /// <param name="host">Name of the assembly's metadata attribute that holds the host's path.</param>
    /// <param name="rules">How many watch each device, beside the shipped ones.</param>
    /// <param name="settings">Beyond ports and data folder.</param>
    public static async Task<SystemUnderLoad> Start(string name, string host, int rules, params string[] settings)
    {
        var folder = NewFolder();
        var started = await Start(name, host, folder, settings);
        await LoadRules.Put(started.Api, rules);
        return new HostUnderLoad(name, started.Port, started.Api, started._process, folder, keepsFolder: false);
    }

    /// <summary>On a data folder that is the caller's.</summary>
    public static async Task<HostUnderLoad> Start(string name, string host, string folder, params string[] settings)
    {
        var process = ChildProcess.Start("dotnet", [PathOf(host), "--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={folder}", .. settings]);
        var listening = await process.Line(Listening(), StartLimit);
        var api = await process.Line(ApiListening(), StartLimit);
        return new HostUnderLoad(name, int.Parse(listening.Groups["port"].Value, CultureInfo.InvariantCulture), new Uri(api.Groups["url"].Value), process, folder, keepsFolder: true);
    }

    /// <summary>Beside this program, not in /tmp: that may be memory, and a commit there costs nothing.</summary>
    public static string NewFolder() =>
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"data-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;

    /// <summary>As Ctrl-C does; completes when the host has saved what it wanted to.</summary>
    public async Task Stop()
    {
        _process.SendInterrupt();
        await _process.Exited(StartLimit);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!_keepsFolder)
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The path that the program's project file wrote under that name.</summary>
    private static string PathOf(string host) =>
        Assembly.GetEntryAssembly()!.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == host).Value!;

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex ApiListening();
}
