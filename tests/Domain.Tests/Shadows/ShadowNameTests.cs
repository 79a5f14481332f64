using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

public sealed class ShadowNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Config:v1_b-2")]
    [InlineData("$package")]
    public void A_name_of_the_allowed_characters_is_one(string text)
    {
        Assert.True(ShadowName.TryParse(text, out var name));
        Assert.Equal(text, name.Value);
        Assert.True(ShadowName.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var same));
        Assert.Equal(name, same);
        Assert.False(name.IsClassic);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("a$b")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("über")]
    [InlineData("$$a")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(ShadowName.TryParse(text, out _));
        Assert.False(ShadowName.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.True(ShadowName.TryParse(new string('x', 64), out _));
        Assert.False(ShadowName.TryParse(new string('x', 65), out _));
    }

    [Fact]
    public void The_classic_shadow_has_no_name() => Assert.Equal("", ShadowName.Classic.Value);
}
