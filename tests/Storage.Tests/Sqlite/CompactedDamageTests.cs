using OrleansIot.Application;
using OrleansIot.Application.Past;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Backups;
using static OrleansIot.Storage.Tests.Samples;
using Instant = OrleansIot.Domain.Instant;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>Bytes that go bad in what outlives the log: found, named, and nothing else than what was is told of any moment.</summary>
public sealed class CompactedDamageTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Rounds = 16;

    private readonly StoreDirectory _directory = new();
    private readonly List<TwinEvent> _events = [];

    [Theory]
    [InlineData("reading_chunk")]
    [InlineData("device_event")]
    [InlineData("checkpoint")]
    [InlineData("snapshot")]
    public async Task A_byte_that_went_bad_after_compaction_is_found_and_survived_and_repair_names_it(string table)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Live();
        for (var round = 0; round < 12; round++)
        {
            await using var copy = new StoreDirectory { Time = _directory.Time };
            File.Copy(_directory.File, copy.File);
            Flip(copy, table, random);
            Assert.NotEmpty(DataCheck.OfFolder(copy.Path, default));

            // Not repaired: the twin goes on, and each moment is told as it was or not at all.
            Assert.Equal(_events.Count, (await Latest(await copy.Open())).Version);
            var told = await Moments(copy);
            await copy.Close();
            if (table is "checkpoint" or "snapshot")
                Assert.Equal(Rounds, told);

            var repaired = DataRepair.Run(copy.Path, TimeProvider.System, default);
            Assert.Contains("boiler-1", repaired[0], StringComparison.Ordinal);
            Assert.Empty(DataCheck.OfFolder(copy.Path, default));
            Assert.Equal(["Nothing is damaged, and nothing was changed."], DataRepair.Run(copy.Path, TimeProvider.System, default));

            Assert.InRange(await Moments(copy), told, int.MaxValue);
            var store = await copy.Open();
            Assert.Equal(_events.Count, (await Latest(store)).Version);
            Assert.IsType<PastTwin.Known>(await StorePorts.Of(store).Past.At(Boiler, Now, default));
            await store.Journal.Append(Append(Boiler, _events.Count, new TwinEvent.WentOffline("again", Now)), default);
            Assert.Equal(_events.Count + 1, (await Latest(store)).Version);
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_is_replaced_by_the_newest_checkpoint_and_the_events_since()
    {
        await Live();
        _directory.Execute("UPDATE snapshot SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB)");

        DataRepair.Run(_directory.Path, TimeProvider.System, default);

        var store = await _directory.Open();
        Assert.Equal(TwinPast.Recorded(Fold(_events)), TwinPast.Recorded((await store.Snapshots.Load(Boiler, default))!));
    }

    [Fact]
    public async Task A_damaged_chunk_is_not_merged_into_one_that_seems_whole()
    {
        var ports = StorePorts.Of(await _directory.Open());
        for (var i = 0; i < 20; i++)
        {
            await ports.Journal.Append(Append(Boiler, i, Samples.Recorded(i, i)), default);
            await _directory.Settle(ports);
            if (i == 5)
                _directory.Execute("UPDATE reading_chunk SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB) WHERE id = 3");
        }

        await _directory.Close();
        Assert.Contains("Chunk 3 ", Assert.Single(DataCheck.OfFolder(_directory.Path, default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readings_around_a_damaged_commit_that_was_in_no_chunk_are_told_when_repaired_and_the_past_goes_on()
    {
        var store = await _directory.Open();
        for (var i = 0; i < 6; i++)
        {
            _directory.Time.Advance(TimeSpan.FromSeconds(1));
            await store.Journal.Append(Append(Boiler, i, Recorded(Now, i)), default);
        }

        await using var crashed = await _directory.AfterCrash();
        crashed.Execute("UPDATE log SET body = zeroblob(30) WHERE position = 3");
        DataRepair.Run(crashed.Path, TimeProvider.System, default);

        var ports = StorePorts.Of(await crashed.Open());
        await ports.Journal.Append(Append(Boiler, 6, Recorded(Now, 6)), default);
        await ports.Snapshots.Save([new(Boiler) { Version = 7 }], default);
        await crashed.Settle(ports);
        Assert.Equal("store.damaged", (await Assert.ThrowsAsync<StoreException>(async () => await ports.Journal.Read(Boiler, 0, default).CountAsync())).Code);
        Assert.Equal([7], await ports.Journal.Read(Boiler, 6, default).Select(journaled => journaled.Version).ToListAsync());
        Assert.Equal([0, 1, 3, 4, 5, 6], (await ports.History.Readings(Boiler, Instant.MinValue, Instant.MaxValue, 10, default)).Select(reading => reading.Metrics[0].Value.Number));
        Assert.Equal(7, Assert.IsType<PastTwin.Known>(await ports.Past.At(Boiler, Now, default)).Twin.Version);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_not_what_the_past_begins_with_once_older_ones_expire()
    {
        await Live();
        var horizon = Instant.From(_directory.Time.GetUtcNow() - TimeSpan.FromHours(30));
        _directory.Execute($"UPDATE checkpoint SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB) WHERE version = (SELECT max(version) FROM checkpoint WHERE at < {horizon.UnixMilliseconds})");

        var ports = StorePorts.Of(await _directory.Open());
        await ports.History.Expire(horizon, Instant.MinValue, default);

        foreach (var at in _events.Select(happened => happened.At).Where(at => at >= horizon))
            Assert.Equal(Was(at), await ports.Past.At(Boiler, at, default));
    }

    [Fact]
    public async Task A_backup_of_a_log_that_is_all_compacted_says_how_far_it_goes()
    {
        var ports = StorePorts.Of(await _directory.Open());
        for (var i = 0; i < 7; i++)
            await ports.Journal.Append(Append(Boiler, i, Samples.Recorded(i, i)), default);

        await ports.Snapshots.Save([new(Boiler) { Version = 7 }], default);
        await _directory.Settle(ports);
        Assert.Equal(0, _directory.Number("SELECT count(*) FROM log"));

        var target = Path.Combine(Directory.CreateTempSubdirectory("orleansiot-backups-").FullName, "today");
        Assert.Contains("up to 7;", DataBackup.Write(_directory.Path, target, TimeProvider.System, new Progress<double>(), default), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(target)!, recursive: true);
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private Instant Now => Instant.From(_directory.Time.GetUtcNow());

    private static Twin Fold(IEnumerable<TwinEvent> events) => events.Aggregate(new Twin(Boiler), TwinEvolution.Evolve);

    private static TwinEvent Recorded(Instant at, double value) => Samples.Recorded(Samples.Reading(0, value) with { At = at, ReceivedAt = at });

    /// <summary>Four days with checkpoints, chunks and events between the readings; then it stands still, with nothing in the log.</summary>
    private async Task Live()
    {
        var ports = StorePorts.Of(await _directory.Open());
        for (var round = 0; round < Rounds; round++)
        {
            _directory.Time.Advance(TimeSpan.FromHours(6));
            TwinEvent[] some =
            [
                Recorded(Now, round), new TwinEvent.WentOffline("gone", Now), Recorded(Now, -round),
                new TwinEvent.Described(DeviceDescription.None with { Location = $"room {round}" }, Now), new TwinEvent.CameOnline("back", null, Now), Recorded(Now, 100 + round),
            ];
            await ports.Journal.Append(Append(Boiler, _events.Count, [.. some]), default);
            _events.AddRange(some);
            await ports.Snapshots.Save([Fold(_events)], default);
            await _directory.Settle(ports);
        }

        await ports.Snapshots.Save([Fold(_events)], default);
        await _directory.Close();
        Assert.True(_directory.Number("SELECT count(*) FROM checkpoint") > 3);
        Assert.Equal(0, _directory.Number("SELECT count(*) FROM log"));
    }

    private static void Flip(StoreDirectory copy, string table, Random random)
    {
        var rows = copy.Number($"SELECT count(*) FROM {table}");
        var key = table is "checkpoint" ? "version" : table is "device_event" ? "last_version" : "rowid";
        var which = copy.Number($"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {random.NextInt64(rows)}");
        var at = 1 + random.NextInt64(copy.Number($"SELECT length(body) FROM {table} WHERE {key} = {which}"));
        var was = Convert.ToByte(copy.Number($"SELECT instr('0123456789ABCDEF', substr(hex(substr(body, {at}, 1)), 1, 1)) * 16 + instr('0123456789ABCDEF', substr(hex(substr(body, {at}, 1)), 2, 1)) - 17 FROM {table} WHERE {key} = {which}"));
        var bad = (was ^ (1 << random.Next(8))).ToString("x2", null);
        copy.Execute($"UPDATE {table} SET body = CAST(substr(body, 1, {at} - 1) || x'{bad}' || substr(body, {at} + 1) AS BLOB) WHERE {key} = {which}");
    }

    private PastTwin Was(Instant at) => _events.TakeWhile(happened => happened.At <= at).ToArray() is { Length: > 0 } until
        ? new PastTwin.Known(TwinPast.Recorded(Fold(until)))
        : new PastTwin.Unheard();

    private static async Task<Twin> Latest(SqliteStore store)
    {
        var twin = await store.Snapshots.Load(Boiler, default) ?? new Twin(Boiler);
        await foreach (var (_, happened) in store.Journal.Read(Boiler, twin.Version, default))
            twin = TwinEvolution.Evolve(twin, happened);

        return twin;
    }

    /// <returns>How many moments could be told; each as it was.</returns>
    private async Task<int> Moments(StoreDirectory directory)
    {
        var ports = StorePorts.Of(await directory.Open());
        var told = 0;
        foreach (var at in _events.Select(happened => happened.At).Distinct())
        {
            try
            {
                if (await ports.Past.At(Boiler, at, default) is PastTwin.Expired)
                    continue;

                Assert.Equal(Was(at), await ports.Past.At(Boiler, at, default));
                told++;
            }
            catch (StoreException e) when (e.Code == "store.damaged")
            {
                // Not told, and so not wrong.
            }
        }

        return told;
    }
}
