using System.IO.Compression;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Past;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Tests.Sessions;
using OrleansIot.Storage.Tests.Sqlite;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Releases;

/// <summary>A data directory that the first release left behind, killed, with some of its events in chunks and some only in the log.</summary>
public sealed class FirstReleaseTests : IAsyncDisposable
{
    private static readonly DeviceId[] Devices = [Boiler, Pump];

    private readonly StoreDirectory _directory = new();

    public FirstReleaseTests()
    {
        using var archive = new ZipArchive(typeof(FirstReleaseTests).Assembly.GetManifestResourceStream("release-0.1.zip")!);
        archive.ExtractToDirectory(_directory.Path);
        _directory.Time.Advance(At(FirstReleaseStory.TimeOf(FirstReleaseStory.Count)).ToDateTimeOffset() - _directory.Time.GetUtcNow());
    }

    [Fact]
    public async Task Everything_in_it_is_read()
    {
        var store = await Opened();

        foreach (var device in Devices)
        {
            var life = FirstReleaseStory.Life(device);
            Assert.Equal(Journaled(life).Skip(FirstReleaseStory.Snapshot), await Read(store, device, FirstReleaseStory.Snapshot));
            Assert.Equal(Fold(device, FirstReleaseStory.Snapshot) with { Clock = null }, await store.Snapshots.Load(device, default));

            // Those that are in chunks have lost their keys, and are in the old log with them.
            Assert.Equal(Journaled(life).Select(WithoutKey), (await Read(store, device, 0)).Select(WithoutKey));
            Assert.Equal(
                life.OfType<TwinEvent.ReadingRecorded>().Select(recorded => recorded.Reading).OrderBy(reading => reading.At),
                await store.History.Readings(device, At(-10_000), At(1_000_000), 1_000, default));
            var hour = await store.History.Query(new SeriesQuery(device, Temperature, At(-3_600_000), At(3_600_000), 2), default);
            Assert.Equal(life.OfType<TwinEvent.ReadingRecorded>().Count(), hour.Points.Sum(point => (int)point.Count));
        }

        Assert.Equal(2, (await store.Alerts.List(new AlertQuery(), default)).Items.Length);
        Assert.Equal(2, (await store.Outbox.Due(At(1_000_000), 10, default)).Count);
        Assert.Equal(Rule("too-hot"), Assert.Single(await store.Rules.List(default)));
        Assert.Equal([1], (await store.Sessions.Load(default)).Session("phone").Numbers());
    }

    [Fact]
    public async Task It_goes_on_and_is_compacted_while_what_the_old_release_wrote_stays_readable()
    {
        var store = await Opened();
        var life = FirstReleaseStory.Life(Boiler).ToList();
        await store.Snapshots.Save([Fold(Boiler, 100), Fold(Pump, 100)], default);
        _directory.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
        {
            var happened = Recorded(_directory.Time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch.UnixMilliseconds - 5, i);
            await store.Journal.Append(Append(Boiler, life.Count, happened), default);
            life.Add(happened);
            _directory.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await store.Snapshots.Save([life.Aggregate(new Twin(Boiler), TwinEvolution.Evolve)], default);
        await _directory.Settle(store);
        store = await Opened();

        Assert.Equal(200, _directory.Number("SELECT count(*) FROM log"));
        foreach (var after in new[] { 0, 30, 59, 60, 61, 99, 100, 103 })
            Assert.Equal(Journaled(life).Skip(after).Select(WithoutKey), (await Read(store, Boiler, after)).Select(WithoutKey));

        Assert.Equal(105, Assert.IsType<PastTwin.Known>(await store.Past.At(Boiler, Now, default)).Twin.Version);
        Assert.Equal(102, Assert.IsType<PastTwin.Known>(await store.Past.At(Boiler, life[101].At, default)).Twin.Version);
        var horizon = Assert.IsType<PastTwin.Expired>(await store.Past.At(Boiler, At(30_000), default)).Horizon;
        Assert.Equal(100, Assert.IsType<PastTwin.Known>(await store.Past.At(Boiler, horizon!.Value, default)).Twin.Version);
    }

    [Fact]
    public async Task What_it_wrote_expires_as_it_would_have()
    {
        var store = await Opened();
        await store.Snapshots.Save([Fold(Boiler, 100), Fold(Pump, 100)], default);
        await _directory.Settle(store);
        _directory.Time.Advance(TimeSpan.FromDays(1));

        await store.History.Expire(Now, Now, default);

        Assert.Equal((0, 0), (_directory.Number("SELECT count(*) FROM log"), _directory.Number("SELECT count(*) FROM reading_chunk")));
        store = await Opened();
        await store.Journal.Append(Append(Boiler, 100, Recorded(0, 1)), default);
        Assert.Equal([101], (await Read(store, Boiler, 0)).Select(journaled => journaled.Version));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private Instant Now => Instant.From(_directory.Time.GetUtcNow());

    private async Task<StorePorts> Opened() => StorePorts.Of(await _directory.Open());

    private static Twin Fold(DeviceId device, int events) => FirstReleaseStory.Life(device).Take(events).Aggregate(new Twin(device), TwinEvolution.Evolve);

    private static IEnumerable<JournaledEvent> Journaled(IEnumerable<TwinEvent> events) => events.Select((twinEvent, i) => new JournaledEvent(i + 1, twinEvent));

    private static JournaledEvent WithoutKey(JournaledEvent journaled) =>
        journaled.Event is TwinEvent.ReadingRecorded recorded ? journaled with { Event = recorded with { Key = MessageKey.None } } : journaled;

    private static async Task<List<JournaledEvent>> Read(StorePorts store, DeviceId device, long after) => await store.Journal.Read(device, after, default).ToListAsync();
}
