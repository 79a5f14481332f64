using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.UnderLoad;

namespace OrleansIot.Ingest;

/// <summary>
/// A flow of Node-RED, as one draws it for this purpose: MQTT in, JSON, thresholds each told once until it clears, SQLite; behind
/// mosquitto, which acknowledges before anything is stored. So a run is over when the flow has stored everything.
/// </summary>
internal sealed partial class NodeRedUnderLoad : SystemUnderLoad
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Mosquitto _broker;
    private readonly HttpClient _http;
    private readonly string _folder;
    private long _expected;

    private NodeRedUnderLoad(Mosquitto broker, ChildProcess flow, int port, string folder)
        : base("Node-RED behind mosquitto", broker.Port, flow, broker.Process)
    {
        _broker = broker;
        _folder = folder;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public override int ShorterBy => 10;

    /// <param name="installed">Where npm installed <c>node-red</c> and <c>node-red-node-sqlite</c>.</param>
    public static async Task<SystemUnderLoad> Start(string installed)
    {
        var broker = await Mosquitto.Start("max_queued_messages 0", "max_inflight_messages 1000");
        var folder = HostUnderLoad.NewFolder();
        var port = FreePort.Find();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "settings.js"),
            $"module.exports = {{ uiPort: {port}, uiHost: '127.0.0.1', disableEditor: true, httpAdminRoot: false, nodesDir: '{installed}/node_modules/node-red-node-sqlite', logging: {{ console: {{ level: 'info' }} }} }}");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "node-red-flow.json"), Path.Combine(folder, "flow.json"));
        var flow = ChildProcess.Start(
            "/usr/bin/env",
            [$"MQTT_PORT={broker.Port}", $"DATABASE={folder}/flow.db", "node", $"{installed}/node_modules/node-red/red.js", "--userDir", folder, "--settings", $"{folder}/settings.js", $"{folder}/flow.json"],
            folder);
        await flow.Line(Ready(), StartLimit);
        return new NodeRedUnderLoad(broker, flow, port, folder);
    }

    public override Task Finished(long messages)
    {
        _expected += messages;
        return Until(
            async () => long.Parse(await _http.GetStringAsync(new Uri("/stored", UriKind.Relative)), CultureInfo.InvariantCulture) >= _expected,
            BetweenLooks);
    }

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await base.DisposeAsync();
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"\bready\b")]
    private static partial Regex Ready();
}
