using OrleansIot.Dashboard.Display;

namespace OrleansIot.Dashboard.Tests.Display;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(91.4, "91.4")]
    [InlineData(91.456, "91.46")]
    [InlineData(-61, "−61")]
    [InlineData(1284.26, "1,284.3")]
    [InlineData(0.03716, "0.0372")]
    [InlineData(0.0000052, "5.2E−6")]
    [InlineData(2e18, "2E+18")]
    public void A_value_has_the_digits_that_matter(double value, string text) => Assert.Equal(text, Numbers.Value(value));

    [Theory]
    [InlineData(412, "412 µs")]
    [InlineData(8_300, "8.3 ms")]
    [InlineData(41_000, "41 ms")]
    [InlineData(1_300_000, "1.3 s")]
    public void A_latency_has_the_unit_that_fits(long microseconds, string text) => Assert.Equal(text, Numbers.Latency(TimeSpan.FromMicroseconds(microseconds)));

    [Theory]
    [InlineData(-4, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(252, "4 m 12 s")]
    [InlineData(7_500, "2 h 05 m")]
    [InlineData(274_000, "3 d 04 h")]
    public void A_span_has_two_units_at_most(int seconds, string text) => Assert.Equal(text, Numbers.Span(TimeSpan.FromSeconds(seconds)));
}
