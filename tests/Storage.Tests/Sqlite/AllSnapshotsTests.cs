using System.Globalization;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>What a start reads in one go.</summary>
public sealed class AllSnapshotsTests : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task All_snapshots_come_once_each_as_they_were_saved_however_many_portions_they_take()
    {
        var saved = Enumerable.Range(0, 1_234).Select(number => new Twin(Device(number)) { Version = number + 1, Readings = LastValues.None.With(Reading(number, number)) }).ToList();
        var store = await _directory.Open();
        await store.Snapshots.Save(saved, default);
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default); // has none

        store = await _directory.Open();

        var portions = await store.Snapshots.LoadAll(default).ToListAsync();
        Assert.True(portions.Count > 1);
        Assert.Equal(saved, portions.SelectMany(portion => portion).OrderBy(twin => twin.Device));
    }

    [Fact]
    public async Task A_snapshot_that_is_not_what_was_written_is_left_out_and_the_others_come()
    {
        var store = await _directory.Open();
        await store.Snapshots.Save([new(Device(1)) { Version = 1 }, new(Device(2)) { Version = 2 }, new(Device(3)) { Version = 3 }], default);
        await _directory.Close();
        _directory.Execute("UPDATE snapshot SET body = x'0102' WHERE version = 2");
        _directory.Execute("UPDATE snapshot SET body = x'0102', checksum = NULL WHERE version = 3"); // as of a release before checksums

        store = await _directory.Open();

        Assert.Equal([Device(1)], (await store.Snapshots.LoadAll(default).ToListAsync()).SelectMany(portion => portion).Select(twin => twin.Device));
    }

    private static DeviceId Device(int number) => DeviceId.Parse(string.Create(CultureInfo.InvariantCulture, $"device-{number:00000}"));
}
