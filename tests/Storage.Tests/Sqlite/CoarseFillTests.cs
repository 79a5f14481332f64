using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.TestKit;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>Quarter-hours, hours and days of what a release stored that had minutes only.</summary>
public sealed class CoarseFillTests : IAsyncDisposable
{
    private const long Hour = 3_600_000;
    private const int Hours = 24 * 60;

    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Coarse_roll_ups_are_made_of_older_minutes_while_the_store_is_open_and_answers_rightly()
    {
        await OldFile();

        var store = await _directory.Open();
        Assert.Equal(Hours, await Count(store.History, HistoryResolution.Day));
        await Filled();

        Assert.Equal(2, _directory.Number($"SELECT count(*) FROM device WHERE coarse_before > {(Epoch.UnixMilliseconds / Hour) + Hours - 30}"));
        Assert.Equal(Hours, await Count(store.History, HistoryResolution.Day));
        Assert.Equal(Hours, await Count(store.History, HistoryResolution.QuarterHour));
    }

    [Fact]
    public async Task A_fill_that_a_stop_cut_short_goes_on_and_counts_nothing_twice()
    {
        await OldFile();
        for (var stop = 0; stop < 5; stop++)
        {
            var cut = await _directory.Open();
            await cut.Journal.Append(Append(Boiler, Hours + stop, Recorded((Hours * Hour) + stop, 1)), default);
            await _directory.Close();
        }

        var store = await _directory.Open();
        await Filled();

        Assert.Equal(Hours + 5, await Count(store.History, HistoryResolution.Hour));
    }

    [Fact]
    public async Task Marks_of_retention_are_taken_over()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(Hour, 2), Recorded(2 * Hour, 3)), default);
        await _directory.Close();
        ToSchemaOfMinutes();
        _directory.Execute($"INSERT INTO meta VALUES('readings_from', {At(2 * Hour).UnixMilliseconds}), ('rollups_from', {At(Hour).UnixMilliseconds})");

        store = await _directory.Open();

        Assert.Single(await store.History.Readings(Boiler, At(0), At(Hours * Hour), 10, default));
        Assert.Equal(2, await Count(store.History, HistoryResolution.Minute));
        Assert.Equal(2, await Count(store.History, HistoryResolution.Hour));
    }

    [Fact]
    public async Task The_last_minutes_of_a_device_that_fell_silent_are_folded_before_they_go()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(1, 2)), default);
        store = await _directory.Open();
        var entry = KeptSince.Of(At(Hour), At(0)).Default;

        await store.History.Expire(new KeptSince([entry with { Since = entry.Since.SetItem((int)HistoryResolution.Minute, At(Hour)) }]), default);

        Assert.Equal(0, _directory.Number("SELECT count(*) FROM rollup_hour"));
        Assert.Equal(2, await Count(store.History, HistoryResolution.Hour));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private static async Task<long> Count(IReadingHistory history, HistoryResolution resolution) =>
        (await history.Query(new SeriesQuery(Boiler, Temperature, At(0), At(2 * Hours * Hour), 5_000, resolution), default)).Points.Sum(point => point.Count);

    private Task Filled() =>
        Eventually.IsTrue("the fill ends", () => Task.FromResult(_directory.Number("SELECT count(*) FROM meta WHERE name = 'coarse_filled'") == 1));

    private async Task OldFile()
    {
        var store = await _directory.Open();
        foreach (var device in (Domain.Devices.DeviceId[])[Boiler, Pump])
            await store.Journal.Append(Append(device, 0, [.. Enumerable.Range(0, Hours).Select(hour => Recorded(hour * Hour, 1))]), default);

        await _directory.Close();
        ToSchemaOfMinutes();
    }

    private void ToSchemaOfMinutes() => _directory.Execute(
        """
        DROP TABLE device_event; DROP TABLE checkpoint; DROP INDEX reading_chunk_by_version; DROP INDEX reading_chunk_by_age;
        CREATE INDEX reading_chunk_by_age ON reading_chunk(last_at);
        ALTER TABLE reading_chunk DROP COLUMN first_version; ALTER TABLE reading_chunk DROP COLUMN last_version;
        ALTER TABLE device DROP COLUMN kept_after; ALTER TABLE device DROP COLUMN dropped_through; ALTER TABLE device DROP COLUMN last_event_at;
        ALTER TABLE device DROP COLUMN checkpoint_version; ALTER TABLE device DROP COLUMN checkpoint_at;
        DROP TABLE device_type;
        ALTER TABLE alert DROP COLUMN checksum; ALTER TABLE rule DROP COLUMN checksum; ALTER TABLE outbox DROP COLUMN checksum; ALTER TABLE rollup_hour DROP COLUMN checksum;
        ALTER TABLE session DROP COLUMN checksum; ALTER TABLE subscription DROP COLUMN checksum; ALTER TABLE received DROP COLUMN checksum; ALTER TABLE message DROP COLUMN checksum;
        ALTER TABLE delivery DROP COLUMN checksum; ALTER TABLE will DROP COLUMN checksum; ALTER TABLE retained DROP COLUMN checksum;
        DROP TABLE rollup_coarse; DROP TABLE kept; ALTER TABLE device DROP COLUMN coarse_before;
        DELETE FROM meta WHERE name IN ('coarse_filled', 'old_log_through'); PRAGMA user_version = 3
        """);
}
