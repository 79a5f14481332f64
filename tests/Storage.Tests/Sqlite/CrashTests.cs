using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Tests.Sessions;
using static OrleansIot.Storage.Tests.Samples;
using static OrleansIot.Storage.Tests.Sessions.SessionSamples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class CrashTests : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Everything_that_was_acknowledged_is_there_after_a_crash()
    {
        var store = await _directory.Open();
        var alert = Alert(Boiler, 2, 10);
        await store.Journal.Append(new TwinAppend(Boiler, 0, [Recorded(0, 20), Triggered(alert)], [Message("m1", alert, 10)]), default);
        await store.Rules.Put(Rule("a-rule"), default);
        await store.Snapshots.Save([new(Boiler) { Version = 2 }], default);
        await store.Journal.Append(Append(Boiler, 2, Recorded(1_000, 21)), default);

        await using var crashed = await _directory.AfterCrash();
        var recovered = await crashed.Open();

        Assert.Equal([new JournaledEvent(3, Recorded(1_000, 21))], await recovered.Journal.Read(Boiler, 2, default).ToListAsync());
        Assert.Equal(3, await recovered.Journal.Read(Boiler, 0, default).CountAsync());
        Assert.Equal(2, (await recovered.Snapshots.Load(Boiler, default))!.Version);
        Assert.Equal(alert, Assert.Single((await recovered.Alerts.List(new AlertQuery(), default)).Items));
        Assert.Equal(Rule("a-rule"), Assert.Single(await recovered.Rules.List(default)));
        Assert.Single(await recovered.Outbox.Due(At(10), 10, default));
        Assert.Equal([20, 21], (await recovered.History.Readings(Boiler, At(0), At(5_000), 10, default)).Select(reading => reading.Metrics[0].Value.Number));
        await recovered.Journal.Append(Append(Boiler, 3, Recorded(2_000, 22)), default);
    }

    [Fact]
    public async Task Sessions_and_what_is_owed_to_them_are_there_after_a_crash()
    {
        var store = await _directory.Open();
        await store.Sessions.Append([Kept("a"), Owed("a", 1), Owed("a", 2)], default);
        await Task.WhenAll(
            store.Sessions.Append([Delivered("a", 1), Owed("a", 3)], default).AsTask(),
            store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default).AsTask());

        await using var crashed = await _directory.AfterCrash();
        var recovered = await crashed.Open();

        Assert.Equal([2, 3], (await recovered.Sessions.Load(default)).Session("a").Numbers());
        Assert.Equal(1, await recovered.Journal.Read(Boiler, 0, default).CountAsync());
    }

    [Fact]
    public async Task A_second_owner_is_found_out_after_a_crash_too()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 20)), default);
        await store.Snapshots.Save([new(Pump) { Version = 5 }], default);

        await using var crashed = await _directory.AfterCrash();
        var recovered = await crashed.Open();

        await Assert.ThrowsAsync<JournalConflictException>(async () => await recovered.Journal.Append(Append(Boiler, 0, Recorded(1, 1)), default));
        await Assert.ThrowsAsync<JournalConflictException>(async () => await recovered.Journal.Append(Append(Pump, 4, Recorded(1, 1)), default));
        await recovered.Journal.Append(Append(Pump, 5, Recorded(1, 1)), default);
    }

    [Fact]
    public async Task Readings_are_neither_lost_nor_doubled_when_some_were_in_chunks_and_some_were_not()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        _directory.Time.Advance(TimeSpan.FromMinutes(6));
        await store.Journal.Append(Append(Pump, 0, Recorded(0, 10)), default);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1_000, 2)), default);

        await using var crashed = await _directory.AfterCrash();
        var recovered = await crashed.Open();

        Assert.Equal(1, crashed.Number("SELECT count(*) FROM reading_chunk"));
        Assert.Equal([1, 2], (await recovered.History.Readings(Boiler, At(0), At(5_000), 10, default)).Select(reading => reading.Metrics[0].Value.Number));
        Assert.Single(await recovered.History.Readings(Pump, At(0), At(5_000), 10, default));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_write_ahead_log_that_was_cut_off_leaves_whole_commits_in_their_order(double keptShare)
    {
        var store = await _directory.Open();
        for (var i = 0; i < 50; i++)
            await store.Journal.Append(Append(Boiler, 2 * i, Recorded(i, i), Recorded(i, -i)), default);

        // A power cut: the index of the log, which was never flushed, is gone too.
        await using var crashed = await _directory.AfterCrash();
        File.Delete(crashed.File + "-shm");
        using (var log = new FileStream(crashed.File + "-wal", FileMode.Open))
            log.SetLength((long)(log.Length * keptShare));

        var versions = await (await crashed.Open()).Journal.Read(Boiler, 0, default).Select(journaled => journaled.Version).ToListAsync();
        Assert.Equal(Enumerable.Range(1, versions.Count).Select(version => (long)version), versions);
        Assert.Equal(0, versions.Count % 2);
    }

    [Fact]
    public async Task A_damaged_row_is_named_and_the_store_does_not_open()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
        await _directory.Close();
        _directory.Execute("UPDATE log SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE position = 2");

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await _directory.Open());

        Assert.Contains("position 2", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task A_graceful_stop_leaves_nothing_to_read_again()
    {
        var store = await _directory.Open();
        for (var i = 0; i < 10; i++)
            await store.Journal.Append(Append(DeviceId.Parse($"device-{i}"), 0, Recorded(i, i)), default);

        await store.Snapshots.Save([.. Enumerable.Range(0, 10).Select(i => new Domain.Twins.Twin(DeviceId.Parse($"device-{i}")) { Version = 1 })], default);
        await _directory.Close();

        Assert.False(File.Exists(_directory.File + "-wal"));
        Assert.Equal(10, _directory.Number("SELECT count(*) FROM reading_chunk"));
        Assert.Equal(0, _directory.Number("SELECT count(*) FROM log WHERE position >= (SELECT value FROM meta WHERE name = 'log_floor')"));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();
}
