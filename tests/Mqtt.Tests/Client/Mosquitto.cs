using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>A real broker on a loopback port of its own.</summary>
internal sealed partial class Mosquitto(int port, string configuration) : IAsyncDisposable
{
    private ChildProcess? _process;

    public int Port { get; } = port;

    public static async Task<Mosquitto> Start()
    {
        Installed.Require("mosquitto");
        var port = FreePort();
        var configuration = Path.Combine(Path.GetTempPath(), $"mosquitto-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(configuration, $"listener {port} 127.0.0.1\nallow_anonymous true\n");
        var broker = new Mosquitto(port, configuration);
        await broker.Restart();
        return broker;
    }

    public async Task Restart()
    {
        await Kill();
        _process = ChildProcess.Start(Installed.Require("mosquitto"), ["-v", "-c", configuration]);
        await _process.Line(Running(), TimeSpan.FromSeconds(10));
    }

    public async Task Kill()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        File.Delete(configuration);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"mosquitto version .* running")]
    private static partial Regex Running();
}
