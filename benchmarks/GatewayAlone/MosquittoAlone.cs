using OrleansIot.TestKit.Peers;
using OrleansIot.UnderLoad;

namespace OrleansIot.GatewayAlone;

/// <summary>Debian's mosquitto: keeps nothing, logs next to nothing, sheds nothing.</summary>
internal sealed class MosquittoAlone : SystemUnderLoad
{
    public const string SystemName = "mosquitto";

    private readonly Mosquitto _broker;

    private MosquittoAlone(Mosquitto broker)
        : base(SystemName, broker.Port, broker.Process) => _broker = broker;

    public static bool IsInstalled => Installed.Find("mosquitto") is not null;

    public static async Task<SystemUnderLoad> Start(Wire wire = Wire.Tcp, ServerCertificate? certificate = null)
    {
        // The in-flight window is as large as our gateway's (MaxOutboundInFlight).
        string[] limits = ["max_queued_messages 0", "max_queued_bytes 0", "max_inflight_messages 1000", "persistence false", "connection_messages false"];
        string[] listener = wire switch
        {
            Wire.Tls => [$"certfile {certificate!.CertificatePath}", $"keyfile {certificate.KeyPath}"],
            Wire.WebSocket => ["protocol websockets"],
            _ => [],
        };

        // A listener's own lines have to follow it at once.
        return new MosquittoAlone(await Mosquitto.Start([.. listener, .. limits]));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
    }
}
