using OrleansIot.Application.Past;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class PastContract(IStoreUnderTest store) : StoreContract(store)
{
    private static readonly TwinEvent[] Life =
    [
        new TwinEvent.Described(new DeviceDescription("Boiler", null, "cellar", []), At(0)),
        Recorded(995, 20),
        Triggered(Alert(Boiler, 1, 2_000)),
        Recorded(2_995, 25),
        new TwinEvent.AlertResolved(Alert(Boiler, 1, 2_000).Id, Domain.Alerts.AlertResolution.Manual, "ana", At(9_000), At(4_000)),
        new TwinEvent.WentOffline("no reading for 60 s", At(63_000)),
    ];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(999, 1)]
    [InlineData(1_000, 2)]
    [InlineData(2_500, 3)]
    [InlineData(3_999, 4)]
    [InlineData(10_000, 5)]
    [InlineData(100_000, 6)]
    public async Task A_device_is_told_as_it_was(long at, int version)
    {
        await Store.Journal.Append(Append(Boiler, 0, [.. Life[..2]]), default);
        await Store.Journal.Append(Append(Boiler, 2, [.. Life[2..]]), default);
        await Store.Snapshots.Save([Fold(5)], default);

        Assert.Equal(new PastTwin.Known(TwinPast.Recorded(Fold(version))), await Store.Past.At(Boiler, At(at), default));
    }

    [Fact]
    public async Task Before_its_first_event_a_device_was_unheard_of()
    {
        await Store.Journal.Append(Append(Boiler, 0, [.. Life]), default);

        Assert.Equal(new PastTwin.Unheard(), await Store.Past.At(Boiler, At(-1), default));
        Assert.Equal(new PastTwin.Unheard(), await Store.Past.At(Pump, At(5_000), default));
    }

    [Fact]
    public async Task What_was_received_later_is_not_told_however_early_it_was_measured()
    {
        var late = new TwinEvent.ReadingRecorded(new Domain.Telemetry.Reading(At(100), At(50_000), [new(Pressure, Domain.Telemetry.MetricValue.Of(3))]), default);
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 20), late), default);

        Assert.Equal(1, Assert.IsType<PastTwin.Known>(await Store.Past.At(Boiler, At(49_999), default)).Twin.Version);
        Assert.Equal(2, Assert.IsType<PastTwin.Known>(await Store.Past.At(Boiler, At(50_000), default)).Twin.Version);
    }

    [Fact]
    public async Task What_has_expired_is_told_to_have()
    {
        await Store.Journal.Append(Append(Boiler, 0, [.. Life]), default);
        await Store.History.Expire(At(3_500), Instant.MinValue, default);

        Assert.Equal(new PastTwin.Expired(At(3_500)), await Store.Past.At(Boiler, At(3_499), default));
        Assert.Equal(4, Assert.IsType<PastTwin.Known>(await Store.Past.At(Boiler, At(3_500), default)).Twin.Version);
    }

    private static Twin Fold(int events) => Life.Take(events).Aggregate(new Twin(Boiler), TwinEvolution.Evolve);
}
