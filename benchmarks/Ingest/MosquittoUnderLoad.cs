using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.UnderLoad;

namespace OrleansIot.Ingest;

/// <summary>Debian's mosquitto with one subscriber to everything: the least that a system without a gateway of its own would run.</summary>
internal sealed class MosquittoUnderLoad : SystemUnderLoad
{
    private readonly Mosquitto _broker;

    private MosquittoUnderLoad(Mosquitto broker, ChildProcess subscriber)
        : base("mosquitto, one # subscriber", broker.Port, broker.Process, subscriber) => _broker = broker;

    public static bool IsInstalled => Installed.Find("mosquitto") is not null && Installed.Find("mosquitto_sub") is not null;

    public static async Task<SystemUnderLoad> Start()
    {
        var broker = await Mosquitto.Start("max_queued_messages 0", "max_inflight_messages 1000");
        var subscriber = ChildProcess.Start("/bin/sh", ["-c", $"exec {Installed.Find("mosquitto_sub")} -h 127.0.0.1 -p {broker.Port} -q 1 -t '#' > /dev/null"]);
        return new MosquittoUnderLoad(broker, subscriber);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
    }
}
