using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.TestKit.Disks;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class BackupTests : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();
    private readonly StoreDirectory _restored = new();
    private readonly string _backups = Directory.CreateTempSubdirectory("orleansiot-backups-").FullName;

    private string Target => Path.Combine(_backups, "today");

    [Fact]
    public async Task A_backup_of_an_open_store_is_one_moment_of_it_and_restores_to_exactly_that()
    {
        var store = await _directory.Open();
        const int Before = 300;
        for (var i = 0; i < Before; i++)
            await store.Journal.Append(Append(Boiler, i, Recorded(i, i)), default);

        await store.Rules.Put(Rule("a-rule"), default);
        File.WriteAllText(Path.Combine(_directory.Path, "access.json"), "{}");
        Directory.CreateDirectory(Path.Combine(_directory.Path, "keys"));
        File.WriteAllText(Path.Combine(_directory.Path, "keys", "one.xml"), "<key/>");

        // While it is read page by page, ingest goes on.
        var later = 0;
        Write(new Steps(_ =>
        {
            store.Journal.Append(Append(Boiler, Before + later, Recorded(Before + later, 0)), default).AsTask().GetAwaiter().GetResult();
            later++;
        }));
        Assert.True(later > 0);
        Assert.Equal(Before + later, await store.Journal.Read(Boiler, 0, default).CountAsync());

        Restore();

        var restored = await _restored.Open();
        var versions = await restored.Journal.Read(Boiler, 0, default).Select(entry => entry.Version).ToListAsync();
        Assert.Equal(Enumerable.Range(1, Before).Select(version => (long)version), versions);
        Assert.Equal(Before, (await restored.History.Readings(Boiler, At(0), At(1_000_000), 10_000, default)).Count);
        Assert.Equal(Rule("a-rule"), Assert.Single(await restored.Rules.List(default)));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(_restored.Path, "access.json")));
        Assert.Equal("<key/>", File.ReadAllText(Path.Combine(_restored.Path, "keys", "one.xml")));
    }

    [Fact]
    public async Task What_a_restore_takes_the_place_of_is_kept_beside_it()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await _directory.Close();
        Write();
        await (await _restored.Open()).Journal.Append(Append(Pump, 0, Recorded(0, 1)), default);
        await _restored.Close();

        Restore();

        Assert.Equal([Boiler], await (await _restored.Open()).Snapshots.Devices(default).ToListAsync());
        await _restored.Close();
        var aside = new StoreDirectory(Assert.Single(Directory.GetDirectories(_restored.Path, "before-restore-*")));
        Assert.Equal([Pump], await (await aside.Open()).Snapshots.Devices(default).ToListAsync());
        await aside.Close();
    }

    [Fact]
    public async Task A_restore_into_a_folder_in_use_is_refused()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Write();

        var failure = Assert.Throws<StoreException>(() => DataRestore.Run(Target, _directory.Path, TimeProvider.System, new Steps(), default));

        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_which_a_byte_is_wrong_is_not_restored_and_the_data_stays_as_it_is()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Write();
        await (await _restored.Open()).Journal.Append(Append(Pump, 0, Recorded(0, 1)), default);
        await _restored.Close();
        var bytes = File.ReadAllBytes(Path.Combine(Target, "orleansiot.db"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(Target, "orleansiot.db"), bytes);

        var failure = Assert.Throws<StoreException>(Restore);

        Assert.Contains("orleansiot.db", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Pump], await (await _restored.Open()).Snapshots.Devices(default).ToListAsync());
    }

    [Fact]
    public async Task Damaged_data_is_not_backed_up_over_good_backups()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await _directory.Close();
        _directory.Execute("UPDATE log SET body = zeroblob(20)");

        var failure = Assert.Throws<StoreException>(() => Write());

        Assert.Contains("position 1", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_backups));
    }

    [Fact]
    public async Task A_backup_that_finds_no_room_says_so_and_leaves_nothing()
    {
        await using var disk = SmallDisk.TryMount(2, out var refusal);
        Assert.SkipWhen(disk is null, refusal ?? "");
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        disk.Leave(64 * 1024);

        var failure = Assert.Throws<StoreException>(() => DataBackup.Write(_directory.Path, Path.Combine(disk.Path, "today"), TimeProvider.System, new Steps(), default));

        Assert.Equal("store.full", failure.Code);
        Assert.Equal(["ballast"], Directory.GetFileSystemEntries(disk.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_disk_that_gets_full_under_a_backup_is_told_and_leaves_nothing()
    {
        await using var disk = SmallDisk.TryMount(32, out var refusal);
        Assert.SkipWhen(disk is null, refusal ?? "");
        var store = await _directory.Open();
        for (var i = 0; i < 3_000; i++)
            await store.Rules.Put(Rule($"rule-{i}") with { Description = new string('x', 800) }, default);

        var failure = Assert.Throws<StoreException>(() => DataBackup.Write(_directory.Path, Path.Combine(disk.Path, "today"), TimeProvider.System, new Steps(_ => disk.Fill()), default));

        Assert.Contains("full", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["ballast"], Directory.GetFileSystemEntries(disk.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_backup_never_takes_the_place_of_another()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Write();

        Assert.Contains("is there already", Assert.Throws<StoreException>(() => Write()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_did_not_end_is_not_started_on_and_can_be_repeated()
    {
        await (await _directory.Open()).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Write();
        File.WriteAllText(Path.Combine(_restored.Path, "orleansiot.restoring"), "");

        Assert.Contains("half restored", (await Assert.ThrowsAsync<StoreException>(async () => await _restored.Open())).Message, StringComparison.Ordinal);
        Restore();

        Assert.Equal([Boiler], await (await _restored.Open()).Snapshots.Devices(default).ToListAsync());
    }

    [Fact]
    public void A_folder_without_data_and_a_folder_that_is_no_backup_are_named()
    {
        Assert.Contains(_directory.Path, Assert.Throws<StoreException>(() => Write()).Message, StringComparison.Ordinal);
        Assert.Contains("is no backup", Assert.Throws<StoreException>(Restore).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        await _restored.DisposeAsync();
        Directory.Delete(_backups, recursive: true);
    }

    private void Write(Steps? progress = null) => DataBackup.Write(_directory.Path, Target, TimeProvider.System, progress ?? new Steps(), default);

    private void Restore() => DataRestore.Run(Target, _restored.Path, TimeProvider.System, new Steps(), default);

    private sealed class Steps(Action<double>? act = null) : IProgress<double>
    {
        public void Report(double value) => act?.Invoke(value);
    }
}
