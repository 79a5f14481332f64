using System.Net;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Api.Tests;

/// <summary>Resolutions, many devices, and files.</summary>
public sealed class HistoryApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("", null, SeriesShape.Buckets)]
    [InlineData("&resolution=auto&shape=lttb", null, SeriesShape.Lttb)]
    [InlineData("&resolution=15m&shape=minmax", HistoryResolution.QuarterHour, SeriesShape.MinMax)]
    [InlineData("&resolution=raw&shape=buckets", HistoryResolution.Raw, SeriesShape.Buckets)]
    public async Task Resolution_and_shape_are_asked_for_by_word(string query, HistoryResolution? resolution, SeriesShape shape)
    {
        await _host.Report("d", ("t", 1));
        _host.History.Answer = new Series([], TimeSpan.FromMinutes(15), HistoryResolution.QuarterHour);

        var history = await _host.Get($"/api/v1/devices/d/history?metric=t{query}");

        Assert.Equal((resolution, shape), (_host.History.Asked!.Resolution, _host.History.Asked.Shape));
        Assert.Equal("15m", (string?)history["resolution"]);
    }

    [Theory]
    [InlineData("resolution=5m", "resolution")]
    [InlineData("shape=smooth", "shape")]
    [InlineData("shape=lttb&points=3", "points")]
    public async Task A_word_that_is_none_is_refused_with_those_there_are(string query, string parameter)
    {
        var problem = await _host.Get($"/api/v1/devices/d/history?metric=t&{query}", 400);

        Assert.Equal(parameter, (string?)Assert.Single(problem["faults"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task A_range_too_long_for_its_resolution_is_refused_with_the_mend()
    {
        await _host.Report("d", ("t", 1));
        _host.History.Failure = new SeriesTooLongException("Too many.");

        Assert.Equal("history.too-long", (string?)(await _host.Get("/api/v1/devices/d/history?metric=t&resolution=raw&shape=lttb", 400))["code"]);
    }

    [Fact]
    public async Task A_metric_of_many_devices_comes_device_by_device()
    {
        await Plant();

        var answer = await _host.Get("/api/v1/history/t?points=10&aggregate=max");

        Assert.Equal(["a", "b", "c"], Names(answer));
        Assert.Equal([3.0, 5, 9], Values(answer));
        Assert.Equal("""{"at":"2026-01-01T00:00:00.000Z","value":3,"count":2}""", answer["groups"]![0]!["points"]![0]!.ToJsonString());
        Assert.Equal((3, "max", "1m"), ((int)answer["devices"]!, (string?)answer["aggregate"], (string?)answer["resolution"]));
    }

    [Theory]
    [InlineData("top=2&order=max", "c b")]
    [InlineData("top=2&aggregate=avg", "c b")]
    [InlineData("top=1&order=-sum", "a")]
    [InlineData("type=pump&top=5", "b a")]
    [InlineData("tag=north", "c")]
    [InlineData("devices=c,a", "a c")]
    [InlineData("search=NORTH", "c")]
    [InlineData("by=type&order=min", "boiler pump")]
    [InlineData("by=none", "all")]
    public async Task Devices_are_chosen_grouped_and_put_in_order(string query, string names)
    {
        await Plant();

        Assert.Equal(names.Split(' '), Names(await _host.Get($"/api/v1/history/t?{query}")));
    }

    [Fact]
    public async Task A_group_has_the_values_of_all_its_devices()
    {
        await Plant();

        var pumps = (await _host.Get("/api/v1/history/t?by=type&type=pump&aggregate=avg"))["groups"]![0]!;

        Assert.Equal((2, 3.0), ((int)pumps["devices"]!, (double)pumps["value"]!));
    }

    [Theory]
    [InlineData("/api/v1/history/t?resolution=raw", "resolution")]
    [InlineData("/api/v1/history/t?devices=nobody", "devices")]
    [InlineData("/api/v1/history/t?devices=a&search=x", "search")]
    [InlineData("/api/v1/history/t?top=101", "top")]
    [InlineData("/api/v1/history/t?order=best", "order")]
    [InlineData("/api/v1/history/$status", "metric")]
    [InlineData("/api/v1/readings/export?format=xls", "format")]
    [InlineData("/api/v1/devices/a/history/export?metrics=$status", "metrics")]
    public async Task What_cannot_be_answered_names_the_parameter(string path, string parameter)
    {
        await Plant();

        Assert.Equal(parameter, (string?)Assert.Single((await _host.Get(path, 400))["faults"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task Csv_quotes_what_needs_it_and_lets_no_text_be_a_formula()
    {
        await _host.Report("d", ("t", 1));
        var at = new Instant(1_000);
        _host.History.Kept =
        [
            new Reading(at, at, [Of("t", MetricValue.Of(-1.5)), Of("s", MetricValue.Of("=HYPERLINK(\"x\",1)"))]),
            new Reading(at, at, [Of("s", MetricValue.Of("a\r\nb")), Of("on", MetricValue.Of(true))]),
            new Reading(at, at, [Of("s", MetricValue.Of("-1")), Of("t", MetricValue.Of(1e21))]),
        ];

        using var response = await _host.Client.GetAsync("/api/v1/devices/d/history/export?metrics=t,s,on");

        Assert.Equal(("text/csv", "attachment", "d.csv"), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.DispositionType, response.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(
            "device,at,receivedAt,t,s,on\r\n"
            + "d,1970-01-01T00:00:01.000Z,1970-01-01T00:00:01.000Z,-1.5,\"'=HYPERLINK(\"\"x\"\",1)\",\r\n"
            + "d,1970-01-01T00:00:01.000Z,1970-01-01T00:00:01.000Z,,\"a\r\nb\",true\r\n"
            + "d,1970-01-01T00:00:01.000Z,1970-01-01T00:00:01.000Z,1E+21,'-1,\r\n",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Json_lines_have_the_values_as_they_were_sent_and_only_what_is_wanted()
    {
        await Plant();
        _host.History.Pages = (device, _, _, _) =>
            [new Reading(new(1), new(2), [Of("t", MetricValue.Of(1.5)), Of("s", MetricValue.Of("=1\n"))]), new Reading(new(3), new(4), [Of("other", MetricValue.Of(1))])];

        var lines = (await _host.Client.GetStringAsync("/api/v1/readings/export?format=jsonl&metrics=s&devices=b,a")).Split('\n');

        Assert.Equal("""{"device":"a","at":"1970-01-01T00:00:00.001Z","receivedAt":"1970-01-01T00:00:00.002Z","metrics":{"s":"=1\n"}}""", lines[0]);
        Assert.StartsWith("""{"device":"b",""", lines[1], StringComparison.Ordinal);
        Assert.Equal(("", 3), (lines[2], lines.Length));
    }

    [Fact]
    public async Task An_export_goes_on_page_after_page_a_millisecond_behind_the_last_reading()
    {
        await _host.Report("d", ("t", 1));
        _host.History.Pages = Counted(upTo: 12_345);

        var lines = (await _host.Client.GetStringAsync("/api/v1/devices/d/history/export?from=1970-01-01T00:00:00Z")).Split("\r\n");

        Assert.Equal(12_345 + 2, lines.Length);
        Assert.Equal("d,1970-01-01T00:00:12.344Z,1970-01-01T00:00:12.344Z,12344", lines[^2]);
    }

    [Fact]
    public async Task A_client_that_stops_reading_stops_the_reading_of_an_endless_range_too()
    {
        await _host.Report("d", ("t", 1));
        var (pages, gone) = (0, new TaskCompletionSource());
        var counted = Counted(upTo: int.MaxValue);
        _host.History.Pages = (device, from, limit, cancellation) =>
        {
            if (Interlocked.Increment(ref pages) == 1)
                cancellation.Register(() => gone.TrySetResult());

            return counted(device, from, limit, cancellation);
        };

        using (var response = await _host.Client.GetAsync("/api/v1/devices/d/history/export?from=1970-01-01T00:00:00Z", HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await gone.Task.Within("what the call began to be given up");

        // What the sockets' buffers hold, and no more: a page is some 300 KB.
        Assert.InRange(pages, 1, 200);
    }

    [Fact]
    public async Task An_export_that_fails_midway_does_not_look_like_a_whole_one()
    {
        await _host.Report("d", ("t", 1));
        var counted = Counted(upTo: int.MaxValue);
        _host.History.Pages = (device, from, limit, cancellation) =>
            from.UnixMilliseconds > 100_000 ? throw new Application.StoreException("The disk is gone.") : counted(device, from, limit, cancellation);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _host.Client.GetStringAsync("/api/v1/devices/d/history/export?from=1970-01-01T00:00:00Z"));
    }

    private static Metric Of(string name, MetricValue value) => new(MetricName.Parse(name), value);

    /// <summary>A reading each millisecond since 1970.</summary>
    private static Func<DeviceId, Instant, int, CancellationToken, IReadOnlyList<Reading>> Counted(int upTo) => (_, from, limit, _) =>
    [
        .. Enumerable.Range((int)from.UnixMilliseconds, (int)Math.Clamp(upTo - from.UnixMilliseconds, 0, limit))
            .Select(at => new Reading(new(at), new(at), [Of("t", MetricValue.Of(at))])),
    ];

    private async Task Plant()
    {
        foreach (var (device, type, tag, value) in ((string, string, string, double)[])[("a", "pump", "south", 2), ("b", "pump", "south", 4), ("c", "boiler", "north", 8)])
        {
            await _host.Report(device, ("t", value));
            await _host.Describe(device, new DeviceDescription(null, type, null, [tag]));
            _host.History.Answers[DeviceId.Parse(device)] =
                new Series([new SeriesPoint(_host.Now, value - 1, value, value + 1, 2)], TimeSpan.FromMinutes(1), HistoryResolution.Minute);
        }
    }

    private static IEnumerable<string?> Names(System.Text.Json.Nodes.JsonNode answer) => answer["groups"]!.AsArray().Select(group => (string?)group!["name"]);

    private static IEnumerable<double> Values(System.Text.Json.Nodes.JsonNode answer) => answer["groups"]!.AsArray().Select(group => (double)group!["value"]!);
}
