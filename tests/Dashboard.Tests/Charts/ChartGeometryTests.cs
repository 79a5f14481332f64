using OrleansIot.Dashboard.Charts;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Dashboard.Tests.Charts;

public sealed class ChartGeometryTests
{
    private static readonly Instant Noon = Instant.From(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Values_stand_between_the_ticks_and_a_rule_near_by_is_in_view()
    {
        var geometry = new ChartGeometry(await Series(58, 64, 69), [new ChartLine(70, "Too hot", "is-critical", Clears: false)]);

        Assert.True(geometry.Low < 58 && geometry.High > 70);
        Assert.Equal([58d, 60, 62, 64, 66, 68, 70], geometry.ValueTicks);
        Assert.Single(geometry.Lines);
    }

    [Fact]
    public async Task A_rule_far_off_does_not_flatten_the_data()
    {
        var geometry = new ChartGeometry(await Series(58, 64, 69), [new ChartLine(5_000, "Melted", "is-critical", Clears: false)]);

        Assert.True(geometry.High < 100);
        Assert.Equal("Melted", Assert.Single(geometry.LinesOutOfView).Name);
    }

    [Fact]
    public async Task The_names_of_thresholds_that_lie_near_each_other_do_not_overlap()
    {
        var geometry = new ChartGeometry(
            await Series(58, 64, 69),
            [
                new ChartLine(70, "Too hot", "is-critical", Clears: false), new ChartLine(69.5, "Too hot: clears", "is-critical", Clears: true),
                new ChartLine(69.8, "Warm", "is-warning", Clears: false),
            ]);

        Assert.Equal(["Too hot", "Warm"], geometry.LineNames.Select(name => name.Line.Name));
        Assert.True(geometry.LineNames[1].Baseline - geometry.LineNames[0].Baseline >= ThresholdLabels.LineHeight);
    }

    [Fact]
    public async Task The_path_holds_the_exact_values_above_its_base()
    {
        var geometry = new ChartGeometry(await Series(60, 61.5, 60.25), []);

        Assert.Equal(60, geometry.Base);
        Assert.Equal("M3585 0L3600 1.5L3615 0.25", geometry.Mean);
        Assert.Equal("M3585 0L3600 1.5L3615 0.25L3615 0.25L3600 1.5L3585 0Z", geometry.Band);
    }

    [Fact]
    public async Task Silence_is_a_gap_and_not_a_line()
    {
        var series = await Series(60, 61);
        series.Add(Noon + TimeSpan.FromMinutes(10), 64);

        var geometry = new ChartGeometry(series, []);

        Assert.Equal(2, geometry.Mean.Count(c => c == 'M'));
        Assert.Equal(2, geometry.Band.Count(c => c == 'Z'));
    }

    [Fact]
    public async Task A_device_that_reports_seldom_has_a_line_and_its_few_values_are_dots()
    {
        var series = await Series();
        for (var i = 0; i < 10; i++)
            series.Add(Noon + TimeSpan.FromMinutes(5 * i), 60 + i);

        var geometry = new ChartGeometry(series, []);

        Assert.Equal(1, geometry.Mean.Count(c => c == 'M'));
        Assert.Equal(10, geometry.Dots.Count(c => c == 'M'));
    }

    [Fact]
    public async Task A_value_alone_between_gaps_is_a_dot_where_others_are_only_a_line()
    {
        var series = await Series([.. Enumerable.Repeat(60d, 100)]);
        series.Add(Noon + TimeSpan.FromMinutes(40), 64);

        var geometry = new ChartGeometry(series, []);

        Assert.Equal("M5985 4h0", geometry.Dots);
    }

    [Fact]
    public async Task Where_nothing_was_heard_for_long_is_marked()
    {
        var series = await Series([.. Enumerable.Repeat(60d, 100)]);
        series.Add(Noon + TimeSpan.FromMinutes(40), 64);

        var gaps = new ChartGeometry(series, []).Gaps;

        Assert.Equal([(series.From, Noon), (Noon + TimeSpan.FromMinutes(25), Noon + TimeSpan.FromMinutes(40))], gaps);
    }

    [Fact]
    public async Task One_value_that_never_changes_still_has_a_scale()
    {
        var geometry = new ChartGeometry(await Series(0, 0), []);

        Assert.True(geometry.High > geometry.Low);
        Assert.DoesNotContain("NaN", geometry.Transform, StringComparison.Ordinal);
        Assert.NotEmpty(geometry.ValueTicks);
    }

    [Fact]
    public async Task Readings_chosen_for_their_peaks_are_one_line_without_a_band_and_without_false_gaps()
    {
        var history = new InMemoryReadingHistory();
        var device = DeviceId.Parse("boiler-7");
        var metric = MetricName.Parse("temperature");
        for (var second = -86_395; second <= 0; second += 5)
        {
            var at = Noon + TimeSpan.FromSeconds(second);
            history.Add(device, new Reading(at, at, [new Metric(metric, MetricValue.Of(second == -40_000 ? 400 : 60 + Math.Sin(second)))]));
        }

        var geometry = new ChartGeometry(await LiveSeries.LoadPeaks(history, device, metric, TimeSpan.FromHours(24), 288, Noon, isPast: false, CancellationToken.None), []);

        Assert.Equal(1, geometry.Mean.Count(c => c == 'M'));
        Assert.Contains($"L46100 {400 - geometry.Base:G7}", geometry.Mean, StringComparison.Ordinal);
        Assert.Empty(geometry.Band);
        Assert.Empty(geometry.Gaps);
        Assert.True(geometry.High > 400);
    }

    [Fact]
    public async Task Time_passing_changes_the_layout_and_not_the_paths()
    {
        var series = await Series(60, 61, 62);
        var before = new ChartGeometry(series, []);

        series.SlideTo(Noon + TimeSpan.FromMinutes(2));
        var after = new ChartGeometry(series, []);

        Assert.Equal((before.Mean, before.Band), (after.Mean, after.Band));
        Assert.NotEqual(before.Transform, after.Transform);
    }

    [Fact]
    public void A_sparkline_spans_its_box_and_a_level_one_is_a_line_in_the_middle()
    {
        Assert.Equal("M0 23L60 1L120 12", SparkPath.Of([1, 3, 2]));
        Assert.Equal("M0 12L120 12", SparkPath.Of([5, 5]));
        Assert.Equal("", SparkPath.Of([5]));
    }

    // One value in each bucket of 15 s, the first one at noon.
    private static async Task<LiveSeries> Series(params double[] values)
    {
        var series = await LiveSeries.Load(
            new InMemoryReadingHistory(), DeviceId.Parse("boiler-7"), MetricName.Parse("temperature"), TimeSpan.FromHours(1), 240, Noon, CancellationToken.None);
        for (var i = 0; i < values.Length; i++)
            series.Add(Noon + TimeSpan.FromSeconds(15 * i), values[i]);

        return series;
    }
}
