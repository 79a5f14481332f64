using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

/// <summary>A silo as its users run it: a process of its own. It can be started again, on the same ports.</summary>
public sealed partial class SiloProcess(IReadOnlyList<string> settings, string folder) : IAsyncDisposable
{
    // Three at once on a machine that does other things too.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly int _mqttPort = FreePort.Find();
    private ChildProcess? _process;
    private EntryPoint? _entry;

    public int SiloPort { get; } = FreePort.Find();

    /// <summary>Where Orleans clients reach it.</summary>
    public int GatewayPort { get; } = FreePort.Find();

    public EntryPoint Entry => _entry ?? throw new InvalidOperationException("This silo was never started.");

    public bool IsRunning => _process is { HasExited: false };

    public string Output => _process?.Output ?? "";

    public async Task Start()
    {
        _process = ChildProcess.Start(
            "dotnet",
            [
                Assembly,
                $"--Cluster:SiloPort={SiloPort}",
                $"--Cluster:GatewayPort={GatewayPort}",
                "--Cluster:AdvertisedAddress=127.0.0.1",
                "--urls=http://127.0.0.1:0",
                $"--Gateway:Port={_mqttPort}",
                "--Agent:Enabled=false",
                .. settings,
            ],
            folder);
        var http = new Uri((await _process.Line(HttpListening(), StartLimit)).Groups["url"].Value);
        var mqttPort = int.Parse((await _process.Line(MqttListening(), StartLimit)).Groups["port"].Value, CultureInfo.InvariantCulture);
        _entry?.Dispose();
        _entry = new EntryPoint(http, mqttPort);
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public Task KillHard() => _process!.KillHard();

    /// <summary>Ctrl-C; the exit code.</summary>
    public async Task<int> Stop()
    {
        _process!.SendInterrupt();
        return await _process.Exited(StopLimit);
    }

    public async ValueTask DisposeAsync()
    {
        _entry?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static string Assembly { get; } =
        typeof(SiloProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SiloAssembly").Value!;

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex HttpListening();

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex MqttListening();
}
