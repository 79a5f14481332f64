using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIot.EndToEnd.Tests.Standalone;
using OrleansIot.Scenarios.Clients;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>One run of the Standalone process on a data folder, from its start to whatever ends it.</summary>
internal sealed partial class KillableServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private Uri? _http;

    private KillableServer(ChildProcess process) => _process = process;

    public Uri Http => _http!;

    public int MqttPort { get; private set; }

    public ApiClient Api { get; private set; } = null!;

    public int ProcessId => _process.Id;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it; it may be killed before it is ready.</summary>
    /// <param name="program">What runs it: <c>dotnet</c>, or something that becomes it.</param>
    public static KillableServer Launch(string[] program, string dataFolder, string[] settings)
    {
        string[] command =
        [
            .. program, StandaloneSystem.Assembly, "--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={dataFolder}",
            "--Agent:Enabled=false", .. settings,
        ];
        return new KillableServer(ChildProcess.Start(command[0], command[1..]));
    }

    public async Task Ready()
    {
        _http = new Uri((await _process.Line(HttpListening(), StartLimit)).Groups["url"].Value);
        MqttPort = int.Parse((await _process.Line(MqttListening(), StartLimit)).Groups["port"].Value, CultureInfo.InvariantCulture);
        Api = new ApiClient(_http);
    }

    public Task Kill() => _process.KillHard();

    public void Interrupt() => _process.SendInterrupt();

    public Task<int> Exited(TimeSpan limit) => _process.Exited(limit);

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex HttpListening();

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex MqttListening();
}
