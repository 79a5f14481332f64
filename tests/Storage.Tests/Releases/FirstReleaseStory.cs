using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Releases;

/// <summary>
/// What the data directory in <c>release-0.1.zip</c> was told, by the first release: the lives of two devices, each event one
/// second after the one before, and six minutes at <see cref="Pause"/>, so that what was before is in chunks. Then the process was killed.
/// </summary>
internal static class FirstReleaseStory
{
    public const int Pause = 60;
    public const int Count = 100;

    /// <summary>Version of the snapshot of each device.</summary>
    public const int Snapshot = 80;

    public static readonly MetricName Valve = MetricName.Parse("valve");

    public static TwinEvent[] Life(DeviceId device) => [.. Enumerable.Range(0, Count).Select(i => Event(device, i))];

    public static long TimeOf(int i) => (i * 1_000L) + (i < Pause ? 0 : 360_000);

    private static TwinEvent Event(DeviceId device, int i)
    {
        var at = TimeOf(i);
        var alert = Alert(device, 1, TimeOf(21));
        return i switch
        {
            0 => new TwinEvent.Described(new DeviceDescription($"The {device}", "boiler", "cellar", ["old", "loud"]), At(at)),
            1 => new TwinEvent.CameOnline("connected", new SessionId(7), At(at)),
            20 => new TwinEvent.RulePending(TooHot, At(at)),
            21 => Triggered(alert),
            40 => new TwinEvent.AlertAcknowledged(alert.Id, "alice", At(at)),
            70 => new TwinEvent.AlertResolved(alert.Id, AlertResolution.Manual, "bob", At(at + 300_000), At(at)),
            90 => new TwinEvent.WentOffline("no reading for 60 s", At(at)),
            _ => new TwinEvent.ReadingRecorded(
                new Reading(At(at - (i % 7 == 0 ? 5_000 : 40)), At(at),
                [
                    new(Temperature, MetricValue.Of(20 + (i / 4.0))),
                    new(Pressure, MetricValue.Of(Math.Round(1.0 / (i + 1), 3))),
                    new(Valve, MetricValue.Of(i % 10 < 5)),
                ]),
                new MessageKey((ulong)i + 1)),
        };
    }
}
