using OrleansIot.Domain;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class RetentionTests : IAsyncDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task The_log_is_dropped_once_it_is_old_and_nobody_needs_it()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 1 }], default);
        _directory.Time.Advance(Day);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1_000, 2)), default);

        await store.History.Expire(Now - (Day / 2), Instant.MinValue, default);

        Assert.Equal(1, _directory.Number("SELECT count(*) FROM log"));
        store = await _directory.Open();
        Assert.Equal([2], (await store.Journal.Read(Boiler, 1, default).ToListAsync()).Select(journaled => journaled.Version));
        await store.Journal.Append(Append(Boiler, 2, Recorded(2_000, 3)), default);
    }

    [Fact]
    public async Task What_a_twin_still_needs_stays_however_old_it_is()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        _directory.Time.Advance(Day);

        await store.History.Expire(Now, Now, default);

        Assert.Equal(1, await (await _directory.Open()).Journal.Read(Boiler, 0, default).CountAsync());
    }

    [Fact]
    public async Task A_log_that_is_all_gone_goes_on_where_it_ended()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 1)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 2 }], default);
        store = await _directory.Open();
        _directory.Time.Advance(Day);
        await store.History.Expire(Now, Instant.MinValue, default);
        Assert.Equal(0, _directory.Number("SELECT count(*) FROM log"));

        store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 2, Recorded(Now.UnixMilliseconds - Epoch.UnixMilliseconds, 7)), default);
        await using var crashed = await _directory.AfterCrash();
        var recovered = await crashed.Open();

        Assert.Equal([3], (await recovered.Journal.Read(Boiler, 2, default).ToListAsync()).Select(journaled => journaled.Version));
        Assert.Single(await recovered.History.Readings(Boiler, Now, Now + Day, 10, default));
    }

    [Fact]
    public async Task Chunks_and_roll_ups_are_removed_from_the_file_each_at_its_own_age()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(90_000_000, 2)), default);
        await store.Journal.Append(Append(Pump, 0, Recorded(0, 1)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 2 }, new(Pump) { Version = 1 }], default);
        store = await _directory.Open();

        await store.History.Expire(At(6), At(0), default);
        Assert.Equal((1, 3), (_directory.Number("SELECT count(*) FROM reading_chunk"), _directory.Number("SELECT count(*) FROM rollup_hour")));

        await store.History.Expire(At(6), At(3_600_000), default);
        Assert.Equal((1, 1), (_directory.Number("SELECT count(*) FROM reading_chunk"), _directory.Number("SELECT count(*) FROM rollup_hour")));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private Instant Now => Instant.From(_directory.Time.GetUtcNow());
}
