using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class SnapshotContract(IStoreUnderTest store) : StoreContract(store)
{
    [Fact]
    public async Task A_twin_loads_as_it_was_saved()
    {
        var twin = new Twin(Boiler)
        {
            Version = 7,
            Connectivity = DeviceStatus.Online,
            ConnectivityReason = "connected",
            Readings = LastValues.None.With(Reading(0, 20.5)),
            RecentMessages = RecentMessages.Of(Enumerable.Range(1, 300).Select(key => new MessageKey((ulong)key))),
            OpenAlerts = [Alert(Boiler, 3, 10)],
        };

        await Store.Snapshots.Save([twin, new(Pump) { Version = 1 }], default);

        Assert.Equal(twin, await Store.Snapshots.Load(Boiler, default));
        Assert.Null(await Store.Snapshots.Load(DeviceId.Parse("never-heard-of"), default));
    }

    [Fact]
    public async Task A_newer_snapshot_replaces_an_older_one_and_never_the_other_way_round()
    {
        await Store.Snapshots.Save([new(Boiler) { Version = 2 }], default);
        await Store.Snapshots.Save([new(Boiler) { Version = 5 }], default);
        await Store.Snapshots.Save([new(Boiler) { Version = 3 }], default);

        Assert.Equal(5, (await Store.Snapshots.Load(Boiler, default))!.Version);
    }

    [Fact]
    public async Task Every_device_with_a_snapshot_or_an_event_is_known_once()
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await Store.Snapshots.Save([new(Boiler) { Version = 1 }, new(Pump) { Version = 1 }], default);

        Assert.Equal([Boiler, Pump], (await Store.Snapshots.Devices(default).ToListAsync()).Order());
    }
}
