using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class MetricNameTests
{
    [Theory]
    [InlineData("temperature")]
    [InlineData("disk-root-used")]
    [InlineData("a b/c.d")]
    [InlineData("Außentemperatur °C")]
    [InlineData("a$b")]
    public void Nearly_any_text_is_a_name(string text)
    {
        Assert.True(MetricName.TryParse(text, out var name));
        Assert.Equal((text, text, false), (name.Value, name.ToString(), name.IsBuiltIn));
        Assert.Equal(name, MetricName.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("$status")]
    [InlineData("$other")]
    [InlineData("a\n")]
    [InlineData("\0")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085b")]
    public void A_device_cannot_report_control_characters_or_what_the_platform_knows(string? text)
    {
        Assert.False(MetricName.TryParse(text, out var name));
        Assert.Equal("", name.Value);
    }

    [Fact]
    public void It_has_at_most_128_characters()
    {
        Assert.True(MetricName.TryParse(new string('x', 128), out _));
        Assert.False(MetricName.TryParse(new string('x', 129), out _));
    }

    [Fact]
    public void A_rule_may_look_at_the_status_and_at_what_a_device_may_report()
    {
        Assert.True(MetricName.TryParseForRule("$status", out var status));
        Assert.Equal(MetricName.Status, status);
        Assert.True(status.IsBuiltIn);
        Assert.True(MetricName.TryParseForRule("temperature", out _));
        Assert.False(MetricName.TryParseForRule("$other", out _));
        Assert.False(MetricName.TryParseForRule(null, out _));
        Assert.Equal(MetricName.Status, MetricName.Parse("$status"));
        Assert.Throws<FormatException>(() => MetricName.Parse("$other"));
    }

    [Fact]
    public void Names_differ_by_case_and_are_in_the_order_of_their_characters()
    {
        var (upper, lower) = (MetricName.Parse("B"), MetricName.Parse("a"));

        Assert.NotEqual(MetricName.Parse("b"), upper);
        Assert.True(upper < lower && lower > upper && upper <= lower && lower >= upper);
    }
}
