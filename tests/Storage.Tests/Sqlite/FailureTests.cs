using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Application;
using OrleansIot.Application.Stores;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Tests.Sessions;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class FailureTests : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task A_commit_that_fails_for_a_while_stores_nothing_and_the_next_one_succeeds()
    {
        var store = await _directory.Open(new() { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        using (var other = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            var known = await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default));
            var unknown = await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Pump, 0, Recorded(1, 2)), default));
            Assert.True(known.IsTransient && unknown.IsTransient);
            await Assert.ThrowsAsync<StoreException>(async () => await store.Rules.Put(Rule("a-rule"), default));
            other.Execute("ROLLBACK");
        }

        Assert.Equal([Boiler], await store.Snapshots.Devices(default).ToListAsync());
        await store.Journal.Append(Append(Boiler, 1, Recorded(2, 3)), default);
        await store.Journal.Append(Append(Pump, 0, Recorded(2, 4)), default);
        Assert.Equal([1, 3], (await store.History.Readings(Boiler, At(0), At(9), 10, default)).Select(reading => reading.Metrics[0].Value.Number));

        var reopened = await _directory.Open();
        Assert.Equal(2, await reopened.Journal.Read(Boiler, 0, default).CountAsync());
        Assert.Equal(1, await reopened.Journal.Read(Pump, 0, default).CountAsync());
        Assert.Empty(await reopened.Rules.List(default));
    }

    [Fact]
    public async Task Readings_that_could_not_be_made_a_chunk_are_kept_and_tried_again()
    {
        var store = await _directory.Open(new() { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        using (var other = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            _directory.Time.Advance(TimeSpan.FromMinutes(6));
            await Assert.ThrowsAsync<StoreException>(async () => await store.Rules.MarkSeeded(default));
            other.Execute("ROLLBACK");
        }

        Assert.Single(await store.History.Readings(Boiler, At(0), At(9), 10, default));
        _directory.Time.Advance(TimeSpan.FromSeconds(30));
        await store.Rules.MarkSeeded(default);

        Assert.Equal(1, _directory.Number("SELECT count(*) FROM reading_chunk"));
        Assert.Single(await store.History.Readings(Boiler, At(0), At(9), 10, default));
    }

    [Fact]
    public async Task A_store_that_takes_no_writes_is_not_ready_until_it_does_again()
    {
        var health = new StoreHealth((await _directory.Open(new() { BusyTimeout = TimeSpan.FromMilliseconds(1) })).Probe, _directory.Time);
        Assert.Equal(HealthStatus.Healthy, await Status());
        using (var other = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            Assert.Equal(HealthStatus.Healthy, await Status()); // no second write within a second
            _directory.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HealthStatus.Unhealthy, await Status());
            other.Execute("ROLLBACK");
        }

        _directory.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Healthy, await Status());

        async Task<HealthStatus> Status() => (await health.CheckHealthAsync(new HealthCheckContext())).Status;
    }

    [Fact]
    public async Task A_closed_store_refuses_appends()
    {
        var store = await _directory.Open();
        await _directory.Close();

        await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default));
    }

    [Fact]
    public async Task A_directory_that_another_store_has_open_is_refused_by_the_name_of_its_setting()
    {
        await _directory.Open();

        var failure = Assert.Throws<StoreException>(() => SqliteStore.Open(_directory.Path, TimeProvider.System, NullLogger.Instance));

        Assert.Contains("Data:Path", failure.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_no_directory_is_refused_by_the_name_of_its_setting()
    {
        var file = Path.Combine(_directory.Path, "a-file");
        File.WriteAllText(file, "");

        var failure = Assert.Throws<StoreException>(() => SqliteStore.Open(file, TimeProvider.System, NullLogger.Instance));

        Assert.Contains("Data:Path", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_release_is_refused_and_stays_as_it_is()
    {
        await _directory.Open();
        await _directory.Close();
        _directory.Execute("PRAGMA user_version = 99");

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await _directory.Open());

        Assert.Contains("newer release", failure.Message, StringComparison.Ordinal);
        Assert.Equal(99, _directory.Number("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_file_of_the_release_before_sessions_keeps_what_it_has_and_takes_sessions()
    {
        using (var database = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.Zero))
        {
            var row = new LogRowWriter();
            row.Start();
            row.Add(1, 1, [Recorded(0, 1)]);
            Schema.Migrate(database, 1);
            database.Execute("INSERT INTO device(id, name) VALUES(1, 'boiler-1')");
            database.Statement("INSERT INTO log(position, committed_at, body) VALUES(1, 0, ?)").Bind(row.Finish()).Run();
        }

        var store = await _directory.Open();
        await store.Sessions.Append([SessionSamples.Kept("a"), SessionSamples.Owed("a", 1)], default);

        Assert.Single((await store.Sessions.Load(default)).Session("a").Owed);
        Assert.Equal(1, await store.Journal.Read(Boiler, 0, default).CountAsync());
    }

    [Fact]
    public async Task A_session_append_that_fails_for_a_while_can_be_repeated()
    {
        var store = await _directory.Open(new() { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        using (var other = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Sessions.Append([SessionSamples.Kept("a"), SessionSamples.Owed("a", 1)], default));
            Assert.True(failure.IsTransient);
            other.Execute("ROLLBACK");
        }

        await store.Sessions.Append([SessionSamples.Kept("b"), SessionSamples.Kept("a"), SessionSamples.Owed("a", 1)], default);

        Assert.Equal([1], (await store.Sessions.Load(default)).Session("a").Numbers());
        Assert.Empty((await store.Sessions.Load(default)).Session("b").Owed);
    }

    [Fact]
    public async Task A_closed_store_refuses_changes_of_sessions()
    {
        var store = await _directory.Open();
        await _directory.Close();

        await Assert.ThrowsAsync<StoreException>(async () => await store.Sessions.Append([SessionSamples.Kept("a")], default));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_stays_as_it_is()
    {
        File.WriteAllText(_directory.File, new string('x', 10_000));

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await _directory.Open());

        Assert.Contains("Data:Path", failure.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, new FileInfo(_directory.File).Length);
    }

    [Fact]
    public async Task A_missing_directory_is_made()
    {
        var nested = Path.Combine(_directory.Path, "a", "b");
        await using var store = SqliteStore.Open(nested, TimeProvider.System, NullLogger.Instance);

        await store.Journal.Append(Append(DeviceId.Parse("d"), 0, Recorded(0, 1)), default);

        Assert.True(File.Exists(Path.Combine(nested, "orleansiot.db")));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();
}
