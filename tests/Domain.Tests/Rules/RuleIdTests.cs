using OrleansIot.Domain.Rules;

namespace OrleansIot.Domain.Tests.Rules;

public sealed class RuleIdTests
{
    [Theory]
    [InlineData("hot", true)]
    [InlineData("R-1_a:b", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a~b", false)]
    [InlineData("a b", false)]
    public void It_has_the_characters_of_a_device_id(string? text, bool valid)
    {
        Assert.Equal(valid, RuleId.TryParse(text, out var rule));
        Assert.Equal(valid ? text : "", rule.Value);
    }

    [Fact]
    public void It_reads_back()
    {
        Assert.Equal("hot", RuleId.Parse("hot").ToString());
        Assert.Throws<FormatException>(() => RuleId.Parse("a b"));
    }

    [Fact]
    public void The_order_is_that_of_its_characters()
    {
        var (one, other) = (RuleId.Parse("a"), RuleId.Parse("b"));

        Assert.True(one < other && other > one && one <= other && other >= one && one.CompareTo(one) == 0);
    }
}
