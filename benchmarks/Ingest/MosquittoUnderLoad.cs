using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.UnderLoad;

namespace OrleansIot.Ingest;

/// <summary>
/// Debian's mosquitto with one subscriber to everything: the least that a system without a gateway of its own would run. It
/// acknowledges what it has only put into the subscriber's queue, so a run is over when the subscriber has received everything.
/// </summary>
internal sealed class MosquittoUnderLoad : SystemUnderLoad
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    private readonly Mosquitto _broker;
    private readonly string _received;
    private long _expected;

    private MosquittoUnderLoad(Mosquitto broker, ChildProcess subscriber, string received)
        : base("mosquitto, one # subscriber", broker.Port, broker.Process, subscriber) => (_broker, _received) = (broker, received);

    public static bool IsInstalled => Installed.Find("mosquitto") is not null && Installed.Find("mosquitto_sub") is not null;

    public static async Task<SystemUnderLoad> Start()
    {
        var broker = await Mosquitto.Start("max_queued_messages 0", "max_inflight_messages 1000");
        var received = Path.GetTempFileName();
        var subscriber = ChildProcess.Start("/bin/sh", ["-c", $"exec {Installed.Find("mosquitto_sub")} -h 127.0.0.1 -p {broker.Port} -q 1 -t '#' -F x > {received}"]);
        return new MosquittoUnderLoad(broker, subscriber, received);
    }

    public override Task Finished(long messages)
    {
        // An x and the end of its line for each.
        _expected += 2 * messages;
        return Until(() => Task.FromResult(new FileInfo(_received).Length >= _expected), BetweenLooks);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
        File.Delete(_received);
    }
}
