using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class MetricValueTests
{
    [Fact]
    public void Any_finite_number_is_kept_and_reads_back_from_its_text() => Prop.ForAll(
        ArbMap.Default.ArbFor<double>().Filter(double.IsFinite), number =>
        {
            var value = MetricValue.Of(number);
            Assert.Equal((MetricKind.Number, number, (string?)null, false), (value.Kind, value.Number, value.Text, value.Boolean));
            Assert.Equal(value, MetricValue.Of(double.Parse(value.ToString(), CultureInfo.InvariantCulture)));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_no_value(double number) => Assert.Throws<ArgumentOutOfRangeException>(() => MetricValue.Of(number));

    [Theory]
    [InlineData(true, 1, "true")]
    [InlineData(false, 0, "false")]
    public void A_boolean_counts_as_1_or_0(bool boolean, double number, string text)
    {
        var value = MetricValue.Of(boolean);

        Assert.Equal((MetricKind.Boolean, boolean, number, text), (value.Kind, value.Boolean, value.Number, value.ToString()));
        Assert.NotEqual(MetricValue.Of(number), value);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("true")]
    [InlineData("")]
    public void A_text_is_no_boolean_whatever_it_says(string text)
    {
        var value = MetricValue.Of(text);

        Assert.Equal((MetricKind.Text, false, text), (value.Kind, value.Boolean, value.Text));
        Assert.NotEqual(MetricValue.Of(true), value);
        Assert.NotEqual(MetricValue.Of(false), value);
    }

    [Fact]
    public void A_text_has_no_number()
    {
        var value = MetricValue.Of("5");

        Assert.Equal((MetricKind.Text, "5", "5"), (value.Kind, value.Text, value.ToString()));
        Assert.True(double.IsNaN(value.Number));
        Assert.NotEqual(MetricValue.Of(5), value);
    }

    [Fact]
    public void A_text_has_at_most_256_characters()
    {
        Assert.Equal(256, MetricValue.Of(new string('x', 256)).Text!.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => MetricValue.Of(new string('x', 257)));
        Assert.Throws<ArgumentNullException>(() => MetricValue.Of(null!));
    }

    [Fact]
    public void Values_are_equal_by_kind_and_content()
    {
        Assert.True(MetricValue.Of("a") == MetricValue.Of("a") && MetricValue.Of("a") != MetricValue.Of("A"));
        Assert.Equal(MetricValue.Of(0.0), MetricValue.Of(-0.0));
        Assert.Equal(MetricValue.Of(0.0).GetHashCode(), MetricValue.Of(-0.0).GetHashCode());
        Assert.Equal(MetricValue.Of(0), default);
    }
}
