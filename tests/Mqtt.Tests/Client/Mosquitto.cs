using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>A real broker on a loopback port of its own.</summary>
internal sealed partial class Mosquitto(int port, string folder) : IAsyncDisposable
{
    // Started as root, mosquitto becomes a user of its own before it reads its keys.
    private const UnixFileMode WorldReadable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private ChildProcess? _process;

    public int Port { get; } = port;

    /// <summary>What tells its self-signed certificate from others; null without TLS.</summary>
    public string? CertificateHash { get; private init; }

    private string Configuration => Path.Combine(folder, "mosquitto.conf");

    public static async Task<Mosquitto> Start(bool withTls = false)
    {
        Installed.Require("mosquitto");
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(folder, WorldReadable);
        var broker = new Mosquitto(port, folder) { CertificateHash = withTls ? CreateCertificate(folder) : null };
        var tls = withTls ? $"certfile {folder}/server.crt\nkeyfile {folder}/server.key\n" : "";
        await File.WriteAllTextAsync(broker.Configuration, $"listener {port} 127.0.0.1\nallow_anonymous true\n{tls}");
        await broker.Restart();
        return broker;
    }

    public async Task Restart()
    {
        await Kill();
        _process = ChildProcess.Start(Installed.Require("mosquitto"), ["-v", "-c", Configuration]);
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
        Directory.Delete(folder, recursive: true);
    }

    private static string CreateCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, default), new DateTimeOffset(2049, 1, 1, 0, 0, 0, default));
        File.WriteAllText(Path.Combine(folder, "server.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate.GetCertHashString();
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
