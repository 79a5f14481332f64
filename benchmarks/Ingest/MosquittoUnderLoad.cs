using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Ingest;

/// <summary>Debian's mosquitto with one subscriber to everything: the least that a system without a gateway of its own would run.</summary>
internal sealed partial class MosquittoUnderLoad : SystemUnderLoad
{
    private readonly string _folder;

    private MosquittoUnderLoad(int port, string folder, ChildProcess broker, ChildProcess subscriber)
        : base("mosquitto, one # subscriber", port, broker, subscriber) => _folder = folder;

    public static bool IsInstalled => Installed.Find("mosquitto") is not null && Installed.Find("mosquitto_sub") is not null;

    public static async Task<SystemUnderLoad> Start()
    {
        var folder = Directory.CreateTempSubdirectory("orleansiot-benchmark-").FullName;
        var port = FreePort();
        var config = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(config, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 1000\n");
        var broker = ChildProcess.Start(Installed.Find("mosquitto")!, ["-c", config]);
        await broker.Line(Running(), TimeSpan.FromSeconds(10));
        var subscriber = ChildProcess.Start("/bin/sh", ["-c", $"exec {Installed.Find("mosquitto_sub")} -h 127.0.0.1 -p {port} -q 1 -t '#' > /dev/null"]);
        return new MosquittoUnderLoad(port, folder, broker, subscriber);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("mosquitto version .* running")]
    private static partial Regex Running();
}
