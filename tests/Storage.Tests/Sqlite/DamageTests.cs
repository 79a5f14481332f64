using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Backups;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>Bytes that are not what was written: the exact state, or a clear word; never something else.</summary>
public sealed class DamageTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Events = 60;

    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Any_byte_of_the_write_ahead_log_that_goes_bad_or_is_cut_off_is_found_or_makes_no_difference()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Fill();
        await using (var untouched = await _directory.AfterCrash())
            Assert.True(await IsExact(untouched));

        var (exact, found) = (0, 0);
        for (var round = 0; round < 60; round++)
        {
            await using var crashed = await _directory.AfterCrash();
            using (var log = new FileStream(crashed.File + "-wal", FileMode.Open))
            {
                var offset = random.NextInt64(log.Length);
                if (round % 2 == 0)
                    log.SetLength(offset);
                else
                    Flip(log, offset, random);
            }

            var isExact = await IsExact(crashed);
            (exact, found) = isExact ? (exact + 1, found) : (exact, found + 1);
        }

        output.WriteLine($"{exact} made no difference, {found} were found");
        Assert.True(found > 20, "The log is not what was damaged.");
    }

    [Fact]
    public async Task Any_byte_of_the_database_that_goes_bad_is_found_or_makes_no_difference()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Fill();
        await _directory.Close();
        var (exact, found) = (0, 0);
        for (var round = 0; round < 150; round++)
        {
            await using var copy = new StoreDirectory { Time = _directory.Time };
            File.Copy(_directory.File, copy.File);
            using (var database = new FileStream(copy.File, FileMode.Open))
                Flip(database, random.NextInt64(database.Length), random);

            var isFound = DataCheck.Run(copy.File, default).Count > 0;
            var isExact = await IsExact(copy, isFound);
            (exact, found) = isExact ? (exact + 1, found) : (exact, found + 1);
        }

        output.WriteLine($"{exact} made no difference, {found} were found");
        Assert.True(found > 0);
    }

    [Fact]
    public async Task A_log_that_lost_its_end_is_refused_by_place_and_repair_goes_on_without_it()
    {
        await Fill();
        await using var crashed = await _directory.AfterCrash();
        using (var log = new FileStream(crashed.File + "-wal", FileMode.Open))
            log.SetLength(log.Length / 2);

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await crashed.Open());
        Assert.Equal("store.damaged", failure.Code);
        Assert.Contains("from byte", failure.Message, StringComparison.Ordinal);

        var told = DataRepair.Run(crashed.Path, TimeProvider.System, default);

        Assert.Contains("last commits are lost", told[0], StringComparison.Ordinal);
        var versions = await (await crashed.Open()).Journal.Read(Boiler, 0, default).Select(entry => entry.Version).ToListAsync();
        Assert.Equal(Enumerable.Range(1, versions.Count).Select(version => (long)version), versions);
    }

    [Fact]
    public async Task Without_anything_that_says_how_far_it_went_two_commits_behind_a_broken_page_are_evidence()
    {
        await Fill();
        await using var crashed = await _directory.AfterCrash();
        File.Delete(crashed.File + "-shm");
        using (var log = new FileStream(crashed.File + "-wal", FileMode.Open))
            Flip(log, log.Length / 2, new Random(1));

        Assert.Equal("store.damaged", (await Assert.ThrowsAsync<StoreException>(async () => await crashed.Open())).Code);
    }

    [Fact]
    public async Task Pages_that_a_power_cut_left_of_a_commit_that_nobody_was_promised_are_no_evidence()
    {
        const int header = 24, page = 4_096;
        await Fill();
        await using var crashed = await _directory.AfterCrash();
        File.Delete(crashed.File + "-shm");
        using (var log = new FileStream(crashed.File + "-wal", FileMode.Open))
        {
            // Of some sectors what was written now, of others what was there from a round before: a header that says that a commit
            // ends here, over a page that it does not belong to.
            var last = new byte[header + page];
            log.Position = log.Length - last.Length;
            log.ReadExactly(last);
            for (var torn = 0; torn < 3; torn++)
            {
                new Random(torn).NextBytes(last.AsSpan(header));
                log.Write(last);
            }
        }

        Assert.True(await IsExact(crashed));
    }

    [Fact]
    public async Task Repair_leaves_a_damaged_commit_out_names_who_lost_what_and_the_rest_goes_on()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Journal.Append(Append(Pump, 0, Recorded(0, 1)), default);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2), Recorded(2, 3)), default);
        await store.Journal.Append(Append(Boiler, 3, Recorded(3, 4)), default);
        await _directory.Close();
        _directory.Execute("UPDATE log SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE position = 3");
        await Assert.ThrowsAsync<StoreException>(async () => await _directory.Open());

        var told = DataRepair.Run(_directory.Path, TimeProvider.System, default);

        Assert.Contains(told, line => line.StartsWith("Commit 3 of ", StringComparison.Ordinal) && line.Contains("boiler-1", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("boiler-1 has lost what happened from version 2 to 3", StringComparison.Ordinal));
        Assert.DoesNotContain(told, line => line.Contains("pump-2", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(_directory.Path, "before-repair-*")), "orleansiot.db")));
        store = await _directory.Open();
        Assert.Equal(4, (await store.Snapshots.Load(Boiler, default))!.Version);
        Assert.Empty(await store.Journal.Read(Boiler, 4, default).ToListAsync());
        await store.Journal.Append(Append(Boiler, 4, Recorded(4, 5)), default);
        Assert.Equal(1, await store.Journal.Read(Pump, 0, default).CountAsync());
        await _directory.Close();
        Assert.Equal(["Nothing is damaged, and nothing was changed."], DataRepair.Run(_directory.Path, TimeProvider.System, default));
    }

    [Fact]
    public async Task A_damaged_commit_that_nobody_needs_costs_nothing_live_and_nothing_of_the_past()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 1 }], default);
        await _directory.Close();
        _directory.Execute("UPDATE log SET body = zeroblob(20) WHERE position = 1");

        store = await _directory.Open();

        Assert.Equal(1, (await store.Snapshots.Load(Boiler, default))!.Version);
        Assert.Single(await store.History.Readings(Boiler, At(0), At(9), 10, default));
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
        Assert.Equal(HealthStatus.Healthy, await Health(store));
        Assert.Equal(2, await store.Journal.Read(Boiler, 0, default).CountAsync());
        Assert.Equal(HealthStatus.Healthy, await Health(store));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_replaced_by_the_checkpoint_before_it_and_shown()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(1, 2)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 2 }], default);
        await _directory.Close();
        _directory.Execute("UPDATE snapshot SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB)");

        store = await _directory.Open();

        Assert.Equal(2, (await store.Snapshots.Load(Boiler, default))!.Version);
        Assert.Equal(2, await store.Journal.Read(Boiler, 0, default).CountAsync());
        Assert.Equal(HealthStatus.Degraded, await Health(store));
    }

    [Fact]
    public async Task A_damaged_snapshot_without_the_log_before_it_is_refused_and_repair_goes_on_with_what_there_is()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await store.Snapshots.Save([new(Boiler) { Version = 1 }], default);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
        await _directory.Close();
        _directory.Execute("DELETE FROM log WHERE position = 1");
        _directory.Execute("DELETE FROM reading_chunk");
        _directory.Execute("DELETE FROM checkpoint");
        _directory.Execute("UPDATE snapshot SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB)");
        store = await _directory.Open();
        Assert.Equal("store.damaged", (await Assert.ThrowsAsync<StoreException>(async () => await store.Snapshots.Load(Boiler, default))).Code);
        await _directory.Close();

        var told = DataRepair.Run(_directory.Path, TimeProvider.System, default);

        Assert.Contains(told, line => line.StartsWith("boiler-1 has lost what happened from version 1 to 1", StringComparison.Ordinal));
        store = await _directory.Open();
        Assert.Equal(2, (await store.Snapshots.Load(Boiler, default))!.Version);
    }

    [Fact]
    public async Task A_damaged_chunk_is_no_answer_and_repair_leaves_it_out()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(1, 2)), default);
        await _directory.Close();
        _directory.Execute("UPDATE reading_chunk SET body = CAST(substr(body, 1, length(body) - 1) || x'7f' AS BLOB)");
        store = await _directory.Open();
        Assert.Equal("store.damaged", (await Assert.ThrowsAsync<StoreException>(async () => await store.History.Readings(Boiler, At(0), At(9), 10, default))).Code);
        Assert.Equal(HealthStatus.Degraded, await Health(store));
        await _directory.Close();

        var told = DataRepair.Run(_directory.Path, TimeProvider.System, default);

        Assert.StartsWith("History of boiler-1: 2 readings between 2026-01-01 00:00:00Z", told[0], StringComparison.Ordinal);
        store = await _directory.Open();
        Assert.Empty(await store.History.Readings(Boiler, At(0), At(9), 10, default));
    }

    [Fact]
    public async Task A_damaged_page_is_not_repaired_by_guessing()
    {
        await Fill();
        await _directory.Close();
        using (var database = new FileStream(_directory.File, FileMode.Open))
        {
            database.Position = 4_096;
            database.Write(new byte[4_096]);
        }

        var failure = Assert.Throws<StoreException>(() => DataRepair.Run(_directory.Path, TimeProvider.System, default));

        Assert.Contains("Restore a backup", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_directory.Path));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private static async Task<HealthStatus> Health(SqliteStore store) => (await store.Damage.CheckHealthAsync(new HealthCheckContext(), default)).Status;

    private static void Flip(FileStream file, long offset, Random random)
    {
        file.Position = offset;
        var was = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(was ^ (1 << random.Next(8))));
    }

    /// <summary>Two devices, one of them with a snapshot and a chunk; then some that are in the log alone.</summary>
    private async Task Fill()
    {
        var store = await _directory.Open();
        for (var i = 0; i < Events; i++)
        {
            await store.Journal.Append(Append(Boiler, i, Recorded(i, i)), default);
            await store.Journal.Append(Append(Pump, i, Recorded(i, -i)), default);
            if (i != Events / 2)
                continue;

            await store.Snapshots.Save([new(Boiler) { Version = i + 1 }], default);
            _directory.Time.Advance(TimeSpan.FromMinutes(6));
        }
    }

    /// <returns>False where the store says that something is wrong; anything else than what was written fails the test.</returns>
    private static async Task<bool> IsExact(StoreDirectory damaged, bool isFound = false)
    {
        try
        {
            var store = await damaged.Open();
            await IsAsWritten(store, Boiler, 1);
            await IsAsWritten(store, Pump, -1);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
        catch (Exception) when (isFound)
        {
            return false;
        }
    }

    private static async Task IsAsWritten(SqliteStore store, Domain.Devices.DeviceId device, int sign)
    {
        var snapshot = await store.Snapshots.Load(device, default) ?? new Twin(device);
        Assert.True(snapshot.Version == 0 || (device == Boiler && snapshot.Version == (Events / 2) + 1));
        Assert.Equal(
            Enumerable.Range(0, Events).Skip((int)snapshot.Version).Select(i => new JournaledEvent(i + 1, Recorded(i, sign * i))),
            await store.Journal.Read(device, snapshot.Version, default).ToListAsync());
        Assert.Equal(Enumerable.Range(0, Events).Select(i => (double)(sign * i)), (await store.History.Readings(device, At(0), At(1_000), 1_000, default)).Select(reading => reading.Metrics[0].Value.Number));
    }
}
