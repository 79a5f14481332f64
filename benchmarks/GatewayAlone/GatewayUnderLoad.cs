using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.UnderLoad;

namespace OrleansIot.GatewayAlone;

/// <summary>Our gateway alone in a process: <see cref="GatewayHost"/>.</summary>
internal sealed partial class GatewayUnderLoad : SystemUnderLoad
{
    public const string SystemName = "OrleansIot";

    private readonly HttpClient _http;

    private GatewayUnderLoad(int port, ChildProcess process, int httpPort)
        : base(SystemName, port, process) => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") };

    public static async Task<SystemUnderLoad> Start(Wire wire = Wire.Tcp, ServerCertificate? certificate = null)
    {
        var httpPort = FreePort.Find();
        string[] listener = wire switch
        {
            Wire.Tls => ["--Gateway:Tls:Port=0", $"--Gateway:Tls:CertificatePath={certificate!.CertificatePath}", $"--Gateway:Tls:KeyPath={certificate.KeyPath}"],
            Wire.WebSocket => ["--Gateway:WebSocket:Port=0"],
            _ => [],
        };
        var process = ChildProcess.Start("dotnet",
        [
            typeof(GatewayUnderLoad).Assembly.Location, GatewayHost.Verb, $"--urls=http://127.0.0.1:{httpPort}", "--Gateway:Port=0", .. listener,
        ]);
        var pattern = wire switch
        {
            Wire.Tls => ListeningOverTls(),
            Wire.WebSocket => ListeningOverWebSocket(),
            _ => Listening(),
        };
        var line = await process.Line(pattern, TimeSpan.FromSeconds(60));
        return new GatewayUnderLoad(int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture), process, httpPort);
    }

    /// <summary>Has it collect its garbage; answers the bytes of the heap in use.</summary>
    public async Task<long> Settle()
    {
        using var answer = await _http.PostAsync("/settle", content: null);
        return long.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), CultureInfo.InvariantCulture);
    }

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await base.DisposeAsync();
    }

    [GeneratedRegex(@"MQTT listening on \S+:(?<port>\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"MQTT over TLS listening on \S+:(?<port>\d+)")]
    private static partial Regex ListeningOverTls();

    [GeneratedRegex(@"MQTT over WebSocket listening on \S+:(?<port>\d+)")]
    private static partial Regex ListeningOverWebSocket();
}
