using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Tests.Host;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Api.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Prometheus_finds_nothing_to_complain_of()
    {
        var promtool = Installed.Require("promtool");
        await using var host = await Busy();

        await using var check = await ChildProcess.Run(promtool, ["check", "metrics"], TimeLimit.Usual, input: await Text(host));

        Assert.True(check.ExitCode == 0, check.Output);
    }

    [Fact]
    public async Task The_fleet_and_the_process_are_in_it()
    {
        await using var host = await Busy();

        var lines = (await Text(host)).Split('\n');

        Assert.Contains("orleansiot_devices{status=\"online\"} 2", lines);
        Assert.Contains("orleansiot_devices{status=\"offline\"} 0", lines);
        Assert.Contains("orleansiot_open_alerts{severity=\"critical\"} 1", lines);
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter", lines);
        Assert.Contains(lines, line => line.StartsWith("dotnet_process_memory_working_set_bytes ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("http_server_request_duration_seconds_bucket{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_series_is_shown_twice()
    {
        await using var host = await Busy();

        var series = (await Text(host)).Split('\n').Where(line => line is [not '#', ..]).Select(line => line[..line.LastIndexOf(' ')]).ToList();

        Assert.NotEmpty(series);
        Assert.Equal(series.Count, series.Distinct().Count());
    }

    [Fact]
    public async Task Counters_gauges_and_histograms_keep_what_was_measured()
    {
        await using var host = await ApiHost.Started();
        var meter = host.Services.GetRequiredService<IMeterFactory>().Create("OrleansIot");
        var counter = meter.CreateCounter<long>("test.messages", "{message}", "With a \\ and\na line.");
        counter.Add(2);
        counter.Add(3, new("b", "say \"hi\"\n\\"), new("a-x", true));
        counter.Add(4, new("a-x", true), new("b", "say \"hi\"\n\\"));
        meter.CreateCounter<long>("test.messages", "{message}").Add(10);
        meter.CreateUpDownCounter<int>("test.queue").Add(7);
        var histogram = meter.CreateHistogram("test.wait", "s", null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var seconds in (double[])[0.5, 0.75, 3])
            histogram.Record(seconds);

        var lines = (await Text(host)).Split('\n');

        Assert.Contains("# HELP test_messages_total With a \\\\ and a line.", lines);
        Assert.Contains("test_messages_total 12", lines);
        Assert.Contains("test_messages_total{a_x=\"True\",b=\"say \\\"hi\\\"\\n\\\\\"} 7", lines);
        Assert.Contains("test_queue 7", lines);
        Assert.Contains("test_wait_seconds_bucket{le=\"0.5\"} 1", lines);
        Assert.Contains("test_wait_seconds_bucket{le=\"1\"} 2", lines);
        Assert.Contains("test_wait_seconds_bucket{le=\"+Inf\"} 3", lines);
        Assert.Contains("test_wait_seconds_sum 4.25", lines);
        Assert.Contains("test_wait_seconds_count 3", lines);
    }

    [Fact]
    public async Task Observed_series_that_are_gone_are_no_longer_shown_and_equal_ones_count_together()
    {
        await using var host = await ApiHost.Started();
        var meter = host.Services.GetRequiredService<IMeterFactory>().Create("OrleansIot");
        var shards = new List<string> { "one", "two" };
        meter.CreateObservableGauge("test.lag", () => shards.Select(shard => new Measurement<int>(5, new KeyValuePair<string, object?>("shard", shard))));
        meter.CreateObservableCounter("test.sent", () => 5);
        meter.CreateObservableCounter("test.sent", () => 6);
        var before = await Text(host);

        shards.Remove("two");
        var after = await Text(host);

        Assert.Contains("test_lag{shard=\"two\"} 5", before, StringComparison.Ordinal);
        Assert.DoesNotContain("shard=\"two\"", after, StringComparison.Ordinal);
        Assert.Contains("test_lag{shard=\"one\"} 5", after, StringComparison.Ordinal);
        Assert.Contains("\ntest_sent_total 11\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_comes_from_outside_cannot_fill_the_memory()
    {
        await using var host = await ApiHost.Started(null, "--Metrics:MaxSeriesPerInstrument=3");
        var counter = host.Services.GetRequiredService<IMeterFactory>().Create("OrleansIot").CreateCounter<int>("test.flood");
        for (var i = 0; i < 10; i++)
            counter.Add(1, new KeyValuePair<string, object?>("name", i));

        var lines = (await Text(host)).Split('\n');

        Assert.Equal(3, lines.Count(line => line.StartsWith("test_flood_total{", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("orleansiot_dropped_measurements_total ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
    }

    private static async Task<ApiHost> Busy()
    {
        var host = await ApiHost.Started();
        await host.PutRule("hot", ""","severity":"critical" """);
        await host.Report("d1", ("t", 99));
        await host.Report("d2", ("t", 1));
        host.Statistics.Recorded(host.Time.GetTimestamp());
        await host.Get("/api/v1/nothing", 404);
        return host;
    }

    private static async Task<string> Text(ApiHost host)
    {
        using var response = await host.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }
}
