using System.Globalization;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Tests.Sessions;
using static OrleansIot.Storage.Tests.Samples;
using static OrleansIot.Storage.Tests.Sessions.SessionSamples;

namespace OrleansIot.Storage.Tests.Sqlite.PowerCuts;

/// <summary>
/// A process that is killed leaves its files as it last wrote them; a power cut only what was flushed, and of the rest anything. Here
/// everything that the store asks of the disk is recorded, and the disk is then as a cut at some moment leaves it.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Lives = 3, CutsOfALife = 16, CommitsOfADevice = 60;

    // So few pages that the log is copied and started anew many times in a life.
    private const long CheckpointPages = 24;

    private static readonly DeviceId[] Devices = [.. Enumerable.Range(1, 4).Select(number => DeviceId.Parse($"device-{number}"))];
    private static readonly RecordedDisk.Fate[] Fates = Enum.GetValues<RecordedDisk.Fate>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_promised_is_there_after_a_power_cut_at_any_moment_and_nothing_twice(int run)
    {
        var seed = Environment.GetEnvironmentVariable("POWER_CUT_SEED") is { Length: > 0 } replayed ? int.Parse(replayed, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"Run {run}, POWER_CUT_SEED={seed}");
        var random = new Random(seed);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var life = 1; life <= Lives; life++)
        {
            var disk = new RecordedDisk(files);
            await using var directory = On(files);
            using var recording = RecordingFileSystem.Record(directory.Path, disk);
            var store = await Opened(directory);
            await Live(store, disk, directory.Time, random.Next());

            var delicate = disk.Delicate();
            output.WriteLine($"Life {life}: {disk.Count} operations, {delicate.Count} of them delicate");
            for (var n = 0; n < CutsOfALife; n++)
            {
                var cut = n % 2 == 0 ? random.Next(disk.Count + 1) : Math.Clamp(delicate[random.Next(delicate.Count)] + random.Next(-1, 3), 0, disk.Count);
                var fate = Fates[random.Next(Fates.Length)];
                files = disk.After(cut, fate, random);
                if (random.Next(3) == 0)
                    files.Remove("orleansiot.db-shm");
                await Verify(files, disk.Promises(cut), $"life {life}, cut behind {cut}, {fate}");
            }
        }
    }

    [Theory]
    [InlineData("FULL", 1)]
    [InlineData("OFF", 0)]
    public void What_was_not_flushed_is_gone(string synchronous, long rowsLeft)
    {
        var disk = new RecordedDisk(new Dictionary<string, byte[]>());
        var folder = Directory.CreateTempSubdirectory("orleansiot-").FullName;
        try
        {
            using var recording = RecordingFileSystem.Record(folder, disk);
            using var database = SqliteDatabase.Open(Path.Combine(folder, "test.db"), readOnly: false, TimeSpan.Zero);
            database.Execute($"PRAGMA journal_mode = WAL; CREATE TABLE row(body); PRAGMA synchronous = {synchronous}; INSERT INTO row VALUES (1)");

            var target = Directory.CreateDirectory(Path.Combine(folder, "after")).FullName;
            foreach (var (name, content) in disk.After(disk.Count, RecordedDisk.Fate.Nothing, new Random(1)))
                File.WriteAllBytes(Path.Combine(target, name), content);
            using var after = SqliteDatabase.Open(Path.Combine(target, "test.db"), readOnly: false, TimeSpan.Zero);
            Assert.Equal(rowsLeft, after.Number("SELECT count(*) FROM row"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static StoreDirectory On(Dictionary<string, byte[]> files)
    {
        var directory = new StoreDirectory();
        foreach (var (name, content) in files)
            File.WriteAllBytes(Path.Combine(directory.Path, name), content);
        return directory;
    }

    private static async Task<SqliteStore> Opened(StoreDirectory directory) => await directory.Open(new() { CheckpointPages = CheckpointPages });

    private static TwinEvent EventOf(DeviceId device, long version) =>
        version % 10 == 0 ? Triggered(AlertOf(device, version)) : Recorded(version * 1_000, version);

    private static Domain.Alerts.Alert AlertOf(DeviceId device, long version) => Alert(device, version, version * 1_000);

    private static OutboxMessage MessageOf(DeviceId device, long version) => Message($"{device}-{version}", AlertOf(device, version), version * 1_000);

    private static async Task Live(SqliteStore store, RecordedDisk disk, TestKit.Time.ManualTime time, int seed)
    {
        var loops = Devices.Select((device, i) => Task.Run(() => LiveOf(device, store, disk, time, new Random(seed + i)))).Append(Task.Run(() => Converse(store, disk, new Random(seed - 1))));
        await Task.WhenAll(loops);
    }

    private static async Task LiveOf(DeviceId device, SqliteStore store, RecordedDisk disk, TestKit.Time.ManualTime time, Random random)
    {
        var version = await store.Journal.Read(device, 0, default).CountAsync();
        for (var commit = 0; commit < CommitsOfADevice; commit++)
        {
            var last = version + random.Next(1, 4);
            var numbers = Enumerable.Range(version + 1, last - version).ToArray();
            await store.Journal.Append(
                new TwinAppend(device, version, [.. numbers.Select(number => EventOf(device, number))], [.. numbers.Where(number => number % 10 == 0).Select(number => MessageOf(device, number))]), default);
            disk.Promise($"events {device}", version = last);

            foreach (var number in numbers.Where(number => number % 10 == 0 && random.Next(2) == 0))
            {
                await store.Outbox.Record(MessageOf(device, number), DeliveryStatus.Delivered, 1, At(number * 1_000), At(number * 1_000), "200", default);
                disk.Promise($"told {device}-{number}", 1);
            }

            if (random.Next(6) == 0)
            {
                await store.Snapshots.Save([new Twin(device) { Version = version }], default);
                disk.Promise($"snapshot {device}", version);
            }

            if (random.Next(8) == 0)
                time.Advance(TimeSpan.FromMinutes(random.Next(1, 7)));
        }
    }

    private static async Task Converse(SqliteStore store, RecordedDisk disk, Random random)
    {
        var owed = (await store.Sessions.Load(default)).Sessions.SelectMany(session => session.Numbers()).ToList();
        var (first, last) = owed.Count == 0 ? (1L, 0L) : (owed[0], owed[^1]);
        if (owed.Count == 0)
            await store.Sessions.Append([Kept("s")], default);
        disk.Promise("session", 1);
        for (var commit = 0; commit < CommitsOfADevice; commit++)
        {
            await store.Sessions.Append([Owed(new string('m', random.Next(4_000)), Delivery("s", ++last))], default);
            disk.Promise("owed", last);
            if (first < last && random.Next(2) == 0)
            {
                await store.Sessions.Append([Delivered("s", first)], default);
                disk.Promise("delivered", first++);
            }
        }
    }

    private static async Task Verify(Dictionary<string, byte[]> files, Dictionary<string, long> promises, string when)
    {
        await using var directory = On(files);
        var store = await Opened(directory);
        foreach (var device in Devices)
        {
            var events = await store.Journal.Read(device, 0, default).ToListAsync();
            Assert.True(events.Count >= Promised($"events {device}"), $"{when}: {events.Count} events of {device}, {Promised($"events {device}")} were promised.");
            Assert.Equal(Enumerable.Range(1, events.Count).Select(version => new JournaledEvent(version, EventOf(device, version))), events);

            var readings = await store.History.Readings(device, At(0), At(10_000_000), 10_000, default);
            Assert.Equal(Enumerable.Range(1, events.Count).Where(version => version % 10 != 0).Select(version => (double)version), readings.Select(reading => reading.Metrics[0].Value.Number));

            var alerts = Enumerable.Range(1, events.Count).Where(version => version % 10 == 0).ToArray();
            Assert.Equal(alerts.Length, (await store.Alerts.List(new(Device: device, Limit: 500), default)).Items.Length);
            foreach (var version in alerts)
            {
                var delivery = Assert.Single(await store.Outbox.Of(AlertOf(device, version).Id, default));
                Assert.True(delivery.Status == DeliveryStatus.Delivered || !promises.ContainsKey($"told {device}-{version}"), $"{when}: {device}-{version} would be told again.");
            }

            Assert.InRange((await store.Snapshots.Load(device, default))?.Version ?? 0, Promised($"snapshot {device}"), events.Count);
        }

        var sessions = (await store.Sessions.Load(default)).Sessions;
        Assert.True(sessions.Count >= Promised("session"), when);
        var owed = sessions.SelectMany(session => session.Numbers()).ToArray();
        Assert.True(owed.Length == 0 || owed[^1] - owed[0] == owed.Length - 1, $"{when}: owed are {string.Join(' ', owed)}");
        Assert.True((owed.Length == 0 ? 0 : owed[^1]) >= Promised("owed"), $"{when}: owed up to {owed.LastOrDefault()}, {Promised("owed")} was promised.");
        Assert.True(owed.Length == 0 || owed[0] > Promised("delivered"), $"{when}: {owed.FirstOrDefault()} is owed again, delivered were those up to {Promised("delivered")}.");

        long Promised(string subject) => promises.GetValueOrDefault(subject);
    }
}
