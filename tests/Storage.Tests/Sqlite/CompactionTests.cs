using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Backups;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class CompactionTests : IAsyncDisposable
{
    private static readonly TwinEvent[] Life =
    [
        new TwinEvent.Described(new DeviceDescription("Boiler", null, "cellar", []), At(0)),
        Recorded(1_000, 20), Recorded(2_000, 21),
        new TwinEvent.WentOffline("gone", At(3_000)), new TwinEvent.CameOnline("back", null, At(4_000)),
        Recorded(500, 19),
        new TwinEvent.RulePending(TooHot, At(6_000)),
    ];

    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Events_that_chunks_and_snapshots_have_leave_the_log_and_are_read_as_before()
    {
        var store = await Opened();
        await store.Journal.Append(Append(Boiler, 0, [.. Life[..3]]), default);
        await store.Journal.Append(Append(Pump, 0, Recorded(0, 1)), default);
        await store.Journal.Append(Append(Boiler, 3, [.. Life[3..]]), default);
        await store.Snapshots.Save([new(Boiler) { Version = 7 }, new(Pump) { Version = 1 }], default);

        await _directory.Settle(store);

        Assert.Equal((0, 1), (LogRows, _directory.Number("SELECT count(*) FROM device_event")));
        Assert.Equal(Journaled(Life), await Read(store, 0));
        Assert.Equal(Journaled(Life)[3..], await Read(store, 3));
        Assert.Equal(Journaled(Life)[2..], await Read(store, 2));

        store = await Opened();
        Assert.Equal(Journaled(Life), await Read(store, 0));
        await store.Journal.Append(Append(Boiler, 7, Recorded(9_000, 3)), default);
        Assert.Equal([6, 7, 8], (await Read(store, 5)).Select(journaled => journaled.Version));
    }

    [Fact]
    public async Task What_a_snapshot_does_not_cover_stays_in_the_log_with_the_keys_of_its_messages()
    {
        var store = await Opened();
        TwinEvent keyed = new TwinEvent.ReadingRecorded(Reading(8_000, 5), new MessageKey(77));
        await store.Journal.Append(Append(Boiler, 0, [.. Life]), default);
        await store.Snapshots.Save([new(Boiler) { Version = 7 }], default);
        await store.Journal.Append(Append(Boiler, 7, keyed), default);

        await _directory.Settle(store);
        await using var crashed = await _directory.AfterCrash();
        store = StorePorts.Of(await crashed.Open());

        Assert.Equal(1, crashed.Number("SELECT count(*) FROM log"));
        Assert.Equal([new JournaledEvent(8, keyed)], await Read(store, 7));
        Assert.Equal(8, (await Read(store, 0)).Count);
    }

    [Fact]
    public async Task A_crash_while_some_is_in_chunks_and_some_in_the_log_loses_and_doubles_nothing()
    {
        var store = await Opened();
        await store.Journal.Append(Append(Boiler, 0, [.. Life]), default);
        await store.Snapshots.Save([new(Boiler) { Version = 7 }], default);
        await _directory.Settle(store);
        await store.Journal.Append(Append(Boiler, 7, [.. Life]), default);
        await store.Snapshots.Save([new(Boiler) { Version = 14 }], default);

        await using var crashed = await _directory.AfterCrash();
        store = StorePorts.Of(await crashed.Open());

        Assert.Equal(Journaled([.. Life, .. Life]), await Read(store, 0));
        await crashed.Settle(store);
        Assert.Equal(Journaled([.. Life, .. Life]), await Read(store, 0));
    }

    [Fact]
    public async Task Small_chunks_become_one_and_are_read_as_before()
    {
        var store = await Opened();
        var life = new List<TwinEvent>();
        for (var round = 0; round < 40; round++)
        {
            TwinEvent[] some = [Recorded(round * 10_000, round), .. round % 3 == 0 ? [new TwinEvent.RuleCleared(TooHot, At(round * 10_000))] : Array.Empty<TwinEvent>(), Recorded((round * 10_000) - 3_000, -round)];
            await store.Journal.Append(Append(Boiler, life.Count, [.. some]), default);
            life.AddRange(some);
            _directory.Time.Advance(TimeSpan.FromMinutes(6));
            await store.Rules.MarkSeeded(default);
            await store.Rules.MarkSeeded(default);
        }

        await store.Snapshots.Save([new(Boiler) { Version = life.Count }], default);

        Assert.InRange(_directory.Number("SELECT count(*) FROM reading_chunk"), 2, 12);
        for (var after = 0; after <= life.Count; after++)
            Assert.Equal(Journaled(life)[after..], await Read(store, after));

        Assert.Equal(80, (await store.History.Readings(Boiler, Instant.MinValue, Instant.MaxValue, 1_000, default)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_moment_of_a_compaction_loses_nothing(bool losesTheEndOfTheWriteAheadLog)
    {
        const int Commits = 1_200;
        var random = new Random(7);
        var store = await Opened();
        var life = new List<TwinEvent>();
        var rows = new HashSet<long>();
        for (var i = 0; i < Commits; i++)
        {
            var happened = i % 9 == 4 ? new TwinEvent.RulePending(TooHot, At(i)) : Recorded(i, i);
            await store.Journal.Append(Append(Boiler, i, happened), default);
            life.Add(happened);
            if (i % 100 != 99)
                continue;

            await store.Snapshots.Save([new(Boiler) { Version = i + 1 - random.Next(60) }], default);
            _directory.Time.Advance(TimeSpan.FromMinutes(random.Next(8)));
            await using var crashed = await _directory.AfterCrash();
            if (losesTheEndOfTheWriteAheadLog && File.Exists(crashed.File + "-wal"))
            {
                // What was last written had not reached the disk: commits of upkeep, whole or in part.
                File.Delete(crashed.File + "-shm");
                using var log = new FileStream(crashed.File + "-wal", FileMode.Open);
                log.SetLength(Math.Max(0, log.Length - random.NextInt64(Math.Min(log.Length, 400_000))));
            }

            var recovered = StorePorts.Of(await crashed.Open());
            rows.Add(crashed.Number("SELECT count(*) FROM log"));
            var read = await Read(recovered, 0);
            Assert.Equal(Journaled(life).Take(read.Count), read);
            Assert.True(losesTheEndOfTheWriteAheadLog || read.Count == life.Count);
            await crashed.Settle(recovered);
            Assert.Equal(read, await Read(recovered, 0));
            Assert.Empty(DataCheck.OfFolder(crashed.Path, default));
        }

        Assert.True(rows.Count > 2, $"Too few moments in the middle were met: {string.Join(", ", rows)}.");
    }

    [Fact]
    public async Task Damaged_events_are_not_told_as_if_they_were_whole()
    {
        var store = await Opened();
        await store.Journal.Append(Append(Boiler, 0, [.. Life]), default);
        await store.Snapshots.Save([new(Boiler) { Version = 7 }], default);
        await _directory.Close();
        _directory.Execute("UPDATE device_event SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)");

        store = await Opened();
        await Assert.ThrowsAsync<StoreException>(() => Read(store, 0));

        await _directory.Close();
        _directory.Execute("DELETE FROM device_event");
        store = await Opened();
        Assert.Contains("boiler-1", (await Assert.ThrowsAsync<StoreException>(() => Read(store, 0))).Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private long LogRows => _directory.Number("SELECT count(*) FROM log");

    private async Task<StorePorts> Opened() => StorePorts.Of(await _directory.Open());

    private static JournaledEvent[] Journaled(IEnumerable<TwinEvent> events) => [.. events.Select((twinEvent, i) => new JournaledEvent(i + 1, twinEvent))];

    private static async Task<List<JournaledEvent>> Read(StorePorts store, long after) => await store.Journal.Read(Boiler, after, default).ToListAsync();
}
