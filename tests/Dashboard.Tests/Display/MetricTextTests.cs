using OrleansIot.Dashboard.Display;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Tests.Display;

public sealed class MetricTextTests
{
    [Theory]
    [InlineData("temperature", 91.4, "91.4")]
    [InlineData("humidity-percent", 41.26, "41.3 %")]
    [InlineData("cpuPercent", 7, "7 %")]
    [InlineData("memory_used_bytes", 3_435_973_837, "3.2 GiB")]
    [InlineData("network-in-bytes-per-second", 120_000, "117.2 KiB/s")]
    [InlineData("disk-bytes", 512, "512 B")]
    [InlineData("uptime-seconds", 450_000, "5 d 05 h")]
    [InlineData("latency-seconds", 0.25, "0.25 s")]
    [InlineData("round-trip-milliseconds", 12, "12")]
    public void A_unit_is_what_the_name_ends_in_and_never_guessed(string metric, double value, string text) =>
        Assert.Equal(text, MetricText.Of(MetricName.Parse(metric), MetricValue.Of(value)).ToString());

    [Theory]
    [InlineData("temperature", 91.4, "C", "91.4 °C")]
    [InlineData("inlet-percent", 0.5, "ratio", "0.5 ratio")]
    [InlineData("load", 41.26, "%", "41.3 %")]
    [InlineData("free", 3_435_973_837, "B", "3.2 GiB")]
    public void A_unit_that_the_devices_type_states_counts_before_the_name(string metric, double value, string unit, string text) =>
        Assert.Equal(text, MetricText.Of(MetricName.Parse(metric), MetricValue.Of(value), unit).ToString());

    [Theory]
    [InlineData(12_400, "clock 12 s ahead")]
    [InlineData(-90_000, "clock 1 m 30 s behind")]
    [InlineData(2_999, null)]
    [InlineData(-2_999, null)]
    public void A_clock_is_worth_a_word_from_some_seconds_on(long milliseconds, string? text) =>
        Assert.Equal(text, ClockText.Of(new ClockSkew(default, milliseconds, null)));

    [Theory]
    [InlineData("memory-used-bytes", 3_435_973_837, 1_073_741_824, " GiB")]
    [InlineData("network-in-bytes-per-second", 120_000, 1_024, " KiB/s")]
    [InlineData("uptime-seconds", 450_000, 86_400, " d")]
    [InlineData("humidity-percent", 41, 1, " %")]
    [InlineData("temperature", 91.4, 1, "")]
    public void A_chart_has_one_unit_that_fits_its_greatest_value(string metric, double size, double divisor, string suffix) =>
        Assert.Equal((divisor, suffix), MetricText.Scale(MetricName.Parse(metric), size));

    [Fact]
    public void A_word_and_a_boolean_are_shown_as_they_are()
    {
        Assert.Equal("heating", MetricText.Of(MetricName.Parse("mode-percent"), MetricValue.Of("heating")).ToString());
        Assert.Equal("true", MetricText.Of(MetricName.Parse("burner-on"), MetricValue.Of(true)).ToString());
    }
}
