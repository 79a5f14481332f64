using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>The Standalone edition as its users run it: a process of its own, on free loopback ports, with a data folder of its own.</summary>
public sealed partial class StandaloneSystem : IRunningSystem
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeLimit.Usual;

    private readonly string[] _settings;
    private readonly int _mqttPort = FreePort.Find();
    private readonly bool _survivesFileLimits;
    private ChildProcess _process = null!;
    private EntryPoint? _entry;

    private StandaloneSystem(string[] settings, string? dataFolder = null, bool survivesFileLimits = false)
    {
        _settings = settings;
        _survivesFileLimits = survivesFileLimits;
        DataFolder = dataFolder ?? Directory.CreateTempSubdirectory("orleansiot-e2e-").FullName;
    }

    public string DataFolder { get; }

    public int ProcessId => _process.Id;

    public IReadOnlyList<EntryPoint> Entries => [_entry!];

    public Uri Http => _entry!.Http;

    public int MqttPort => _entry!.MqttPort;

    public ApiClient Api => _entry!.Api;

    public string Output => _process.Output;

    /// <param name="settings">Command-line settings beyond the ports and the data folder, e.g. <c>--Demo:Devices=5</c>. The agent is off unless named.</param>
    public static async Task<StandaloneSystem> Start(params string[] settings)
    {
        var system = new StandaloneSystem(settings);
        await system.StartAgain();
        return system;
    }

    /// <param name="survivesFileLimits">Whether a write beyond a limit that is set on the process later fails, as on a full disk, and does not kill it.</param>
    public static async Task<StandaloneSystem> StartIn(string dataFolder, bool survivesFileLimits = false)
    {
        var system = new StandaloneSystem([], dataFolder, survivesFileLimits);
        await system.StartAgain();
        return system;
    }

    /// <summary>A start that is expected to fail.</summary>
    public static Task<ChildProcess> RunToItsEnd(params string[] arguments) =>
        ChildProcess.Run("dotnet", [Assembly, .. arguments], StartLimit);

    public async Task StartAgain()
    {
        string[] agent = _settings.Any(setting => setting.StartsWith("--Agent:Enabled", StringComparison.Ordinal)) ? [] : ["--Agent:Enabled=false"];
        // The runtime maps its own code from a file a second time, which such a limit would meet; without that it needs no file.
        string[] shell = _survivesFileLimits ? ["-c", "trap '' XFSZ; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "sh"] : [];
        _process = ChildProcess.Start(_survivesFileLimits ? "sh" : "dotnet", [.. shell, Assembly, "--urls=http://127.0.0.1:0", $"--Gateway:Port={_mqttPort}", $"--Data:Path={DataFolder}", .. agent, .. _settings], DataFolder);
        var http = new Uri((await _process.Line(HttpListening(), StartLimit)).Groups["url"].Value);
        var mqttPort = int.Parse((await _process.Line(MqttListening(), StartLimit)).Groups["port"].Value, CultureInfo.InvariantCulture);
        _entry?.Dispose();
        _entry = new EntryPoint(http, mqttPort);
    }

    public Task KillHard() => _process.KillHard();

    /// <summary>Ctrl-C.</summary>
    public async Task<int> Stop()
    {
        _process.SendInterrupt();
        return await _process.Exited(StopLimit);
    }

    public async ValueTask DisposeAsync()
    {
        _entry?.Dispose();
        await _process.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }

    internal static string Assembly { get; } =
        typeof(StandaloneSystem).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "StandaloneAssembly").Value!;

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex HttpListening();

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex MqttListening();
}
