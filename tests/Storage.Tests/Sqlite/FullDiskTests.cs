using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Stores;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Tests.Sessions;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Disks;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>A real file system that is really full.</summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private const int MebibytesOfDisk = 48;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RememberedLog _log = new();
    private readonly SmallDisk _disk;
    private readonly StoreDirectory _directory;

    public FullDiskTests()
    {
        var disk = SmallDisk.TryMount(MebibytesOfDisk, out var refusal);
        Assert.SkipWhen(disk is null, refusal ?? "");
        _disk = disk;
        _directory = new StoreDirectory(Directory.CreateDirectory(System.IO.Path.Combine(disk.Path, "data")).FullName) { Log = _log };
    }

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_serves_reads_and_goes_on_by_itself_when_there_is_room()
    {
        var store = await _directory.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        _disk.Fill();

        var stored = await AppendUntilFull(store, Boiler, from: 1);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Rules.Put(Rule("a-rule"), default));
        Assert.Equal((true, "store.full"), (failure.IsTransient, failure.Code));
        await Refuses(async () => await store.Snapshots.Save([new(Boiler) { Version = 1 }], default));
        await Refuses(async () => await store.Sessions.Append([SessionSamples.Kept("a")], default));
        await Refuses(async () => await store.Journal.Append(Append(Pump, 0, Recorded(0, 1)), default));
        Assert.Equal(stored, await store.Journal.Read(Boiler, 0, default).CountAsync());
        Assert.Equal(stored, (await store.History.Readings(Boiler, At(0), At(1_000_000), 10_000, default)).Count);
        Assert.Empty(await store.Rules.List(default));
        Assert.Equal([Boiler], await store.Snapshots.Devices(default).ToListAsync());

        _disk.Free();
        await GoesOn(store);
        await store.Journal.Append(Append(Boiler, stored, Recorded(stored, -1)), default);
        await store.Journal.Append(Append(Pump, 0, Recorded(0, 7)), default);

        var reopened = await _directory.Open();
        Assert.Equal(Enumerable.Range(1, stored + 1).Select(version => (long)version), await reopened.Journal.Read(Boiler, 0, default).Select(entry => entry.Version).ToListAsync());
        Assert.Single(await reopened.History.Readings(Pump, At(0), At(9), 10, default));
        Assert.Equal(0, _directory.Number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
    }

    [Fact]
    public async Task It_is_told_once_when_it_begins_and_once_when_it_ends_and_shown_meanwhile()
    {
        var store = await _directory.Open();
        var health = new StoreHealth(store.Probe, _directory.Time);
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Assert.Equal(0, Gauge("store.full"));
        _disk.Fill();
        await AppendUntilFull(store, Boiler, from: 1);
        for (var i = 0; i < 20; i++)
        {
            await Refuses(async () => await store.Journal.Append(Append(Pump, 0, Recorded(0, 1)), default));
            _directory.Time.Advance(LongestPause);
        }

        await Refuses(async () => await store.Rules.Put(Rule("a-rule"), default));
        Assert.Equal(1, Gauge("store.full"));
        var report = await health.CheckHealthAsync(new HealthCheckContext(), default);
        Assert.Equal((HealthStatus.Unhealthy, "store.full: the store does not take writes."), (report.Status, report.Description));

        _disk.Free();
        await GoesOn(store);

        Assert.Equal(0, Gauge("store.full"));
        Assert.Equal([(LogLevel.Error, 3004), (LogLevel.Information, 3005)], _log.Lines.Where(line => line.Id != 3000).Select(line => (line.Level, line.Id)));
    }

    [Fact]
    public async Task With_a_little_room_it_does_not_go_on_only_to_stop_again()
    {
        var store = await _directory.Open();
        _disk.Fill();
        await AppendUntilFull(store, Boiler, from: 0);
        _disk.Leave(1024 * 1024);

        _directory.Time.Advance(LongestPause);

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Rules.Put(Rule("a-rule"), default));
        Assert.Equal("store.full", failure.Code);
    }

    [Fact]
    public async Task What_was_acknowledged_before_between_and_after_is_there_when_the_process_dies_while_the_disk_is_full()
    {
        var store = await _directory.Open();
        _disk.Fill();
        var stored = await AppendUntilFull(store, Boiler, from: 0);

        var crashed = new StoreDirectory { Time = _directory.Time };
        foreach (var file in Directory.GetFiles(_directory.Path, "*.db*"))
            File.Copy(file, System.IO.Path.Combine(crashed.Path, System.IO.Path.GetFileName(file)));

        await using (crashed)
        {
            var versions = await (await crashed.Open()).Journal.Read(Boiler, 0, default).Select(entry => entry.Version).ToListAsync();

            // The one that failed may have come as far as the file: nobody was promised that it has not.
            Assert.InRange(versions.Count, stored, stored + 1);
            Assert.Equal(Enumerable.Range(1, versions.Count).Select(version => (long)version), versions);
        }
    }

    [Fact]
    public async Task Readings_of_a_history_that_could_not_be_flushed_are_all_there_later()
    {
        var store = await _directory.Open();
        for (var i = 0; i < 200; i++)
            await store.Journal.Append(new TwinAppend(Boiler, i, [Recorded(i, i)], []), default);

        _disk.Fill();
        _directory.Time.Advance(TimeSpan.FromMinutes(6));
        await AppendUntilFull(store, Pump, from: 0);
        Assert.Equal(200, (await store.History.Readings(Boiler, At(0), At(1_000), 1_000, default)).Count);

        _disk.Free();
        await GoesOn(store);
        _directory.Time.Advance(TimeSpan.FromMinutes(6));
        await store.Rules.MarkSeeded(default);

        Assert.Equal(200, (await store.History.Readings(Boiler, At(0), At(1_000), 1_000, default)).Count);
        store = await _directory.Open();
        Assert.Equal(200, (await store.History.Readings(Boiler, At(0), At(1_000), 1_000, default)).Count);
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
            await _directory.Close();

        if (_disk is not null)
            await _disk.DisposeAsync();
    }

    private static async Task Refuses(Func<Task> write) => Assert.True((await Assert.ThrowsAsync<StoreException>(write)).IsTransient);

    /// <summary>The write-ahead log has pages of its own on the disk already, so some still fit.</summary>
    private static async Task<int> AppendUntilFull(SqliteStore store, DeviceId device, int from)
    {
        for (var version = from; version < 100_000; version++)
        {
            try
            {
                await store.Journal.Append(Append(device, version, Recorded(version, version)), default);
            }
            catch (StoreException e) when (e.Code == "store.full")
            {
                return version;
            }
        }

        throw new InvalidOperationException("The disk does not get full.");
    }

    /// <summary>Lets the time of the next probe come, and waits until it has succeeded.</summary>
    private Task GoesOn(SqliteStore store)
    {
        _directory.Time.Advance(LongestPause);
        return Eventually.IsTrue("the store takes writes again", async () =>
        {
            try
            {
                await store.Rules.MarkSeeded(default);
                return true;
            }
            catch (StoreException)
            {
                return false;
            }
        });
    }

    private static int Gauge(string code)
    {
        var value = -1;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "orleansiot_store_outage")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, measured, tags, _) =>
        {
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("code", code)))
                value = Math.Max(value, measured);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }
}
