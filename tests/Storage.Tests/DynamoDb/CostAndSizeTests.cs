using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>What DynamoDB charges per request and limits per item and transaction.</summary>
public sealed class CostAndSizeTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private readonly DynamoTables _tables = new(dynalite);

    [Fact]
    public async Task A_reading_of_six_metrics_is_one_write_and_no_read()
    {
        var store = await _tables.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(Wide(0, 6))), default);
        await dynalite.Server.Counts();

        for (var version = 1; version <= 10; version++)
            await store.Journal.Append(Append(Boiler, version, Recorded(Wide(version, 6))), default);

        Assert.Equal(new Dictionary<string, int> { ["PutItem"] = 10 }, await dynalite.Server.Counts());
    }

    [Fact]
    public async Task An_alert_and_its_messages_go_with_the_events_in_one_transaction()
    {
        var store = await _tables.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await dynalite.Server.Counts();

        var alert = Alert(Boiler, 2, 0);
        await store.Journal.Append(new TwinAppend(Boiler, 1, [Recorded(1, 99), Triggered(alert)], [Message("m1", alert, 0), Message("m2", alert, 0)]), default);

        Assert.Equal(new Dictionary<string, int> { ["TransactWriteItems"] = 1 }, await dynalite.Server.Counts());
    }

    [Fact]
    public async Task An_append_larger_than_an_item_reads_back_whole()
    {
        var store = await _tables.Open();
        TwinEvent[] events = [.. Enumerable.Range(0, 12).Select(i => Recorded(Wide(i, 256, text: new string('x', 250))))];

        await store.Journal.Append(Append(Boiler, 0, [.. events]), default);
        await store.Journal.Append(Append(Boiler, 12, Recorded(12, 1)), default);

        var read = await store.Journal.Read(Boiler, 0, default).ToListAsync();
        Assert.Equal(events, read.Take(12).Select(journaled => journaled.Event));
        Assert.Equal([13], (await store.Journal.Read(Boiler, 12, default).ToListAsync()).Select(journaled => journaled.Version));
    }

    [Fact]
    public async Task More_messages_than_a_transaction_takes_go_each_with_the_event_that_caused_it()
    {
        var store = await _tables.Open();
        var alerts = Enumerable.Range(1, 10).Select(i => Alert(Boiler, i, i, RuleId.Parse($"rule-{i}"))).ToArray();
        OutboxMessage[] messages = [.. alerts.SelectMany(alert => Enumerable.Range(0, 40).Select(i => Message($"{alert.Id}/{i:D2}", alert, 0)))];

        await store.Journal.Append(new TwinAppend(Boiler, 0, [.. alerts.Select(Triggered)], [.. messages]), default);

        Assert.Equal(10, (await store.Journal.Read(Boiler, 0, default).ToListAsync()).Count);
        foreach (var alert in alerts)
        {
            Assert.Equal(alert, await store.Alerts.Find(alert.Id, default));
            Assert.Equal(40, (await store.Outbox.Of(alert.Id, default)).Count);
        }
    }

    [Fact]
    public async Task A_twin_larger_than_an_item_loads_as_it_was_saved_and_leaves_nothing_of_its_former_self()
    {
        var store = await _tables.Open();
        for (var version = 1; version <= 3; version++)
        {
            var twin = new Twin(Boiler) { Version = version, Readings = LastValues.None.With(Wide(version, 1_000, text: new string((char)('a' + version), 256), nameLength: 128)) };
            await store.Snapshots.Save([twin], default);

            Assert.Equal(twin, await store.Snapshots.Load(Boiler, default));
        }
    }

    [Fact]
    public async Task Roll_ups_larger_than_an_item_add_up()
    {
        var store = await _tables.Open();
        for (var round = 0; round < 4; round++)
        {
            // Sixty minutes of metrics with long names and values that do not fit a decimal.
            TwinEvent[] events = [.. Enumerable.Range(0, 60).Select(minute => Recorded(Wide(minute * 60_000, 150, nameLength: 100)))];
            await store.Journal.Append(Append(Boiler, round * 60, [.. events]), default);
            await store.Upkeep.Run(all: true, default);
        }

        var series = await store.History.Query(new SeriesQuery(Boiler, NameOf(149, 100), At(0), At(3_600_000), 60), default);

        Assert.Equal(60, series.Points.Length);
        Assert.All(series.Points, point => Assert.Equal(4, point.Count));
    }

    [Fact]
    public async Task A_backlog_over_many_days_becomes_chunks_in_as_many_transactions_as_it_takes()
    {
        var store = await _tables.Open();
        const long Hour = 3_600_000;
        await store.Journal.Append(Append(Boiler, 0, [.. Enumerable.Range(0, 300).Select(hour => Recorded(hour * Hour, hour))]), default);

        await store.Upkeep.Run(all: true, default);

        Assert.Equal(300, (await store.History.Readings(Boiler, At(0), At(300 * Hour), 1_000, default)).Count);
        Assert.Equal([298, 299], (await store.History.Readings(Boiler, At(0), At(300 * Hour), 2, default)).Select(reading => reading.Metrics[0].Value.Number));
        Assert.Equal(300, (await store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(300 * Hour), 100), default)).Points.Sum(point => point.Count));
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private static Reading Wide(long at, int metrics, string? text = null, int nameLength = 12) => new(
        At(at), At(at + 5), [.. Enumerable.Range(0, metrics).Select(i => new Metric(NameOf(i, nameLength), text is null ? MetricValue.Of(Math.Sqrt(at + i + 2)) : MetricValue.Of(text)))]);

    private static MetricName NameOf(int metric, int length) => MetricName.Parse($"{metric:D4}".PadRight(length, 'm'));
}
