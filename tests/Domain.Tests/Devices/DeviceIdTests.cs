using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Tests.Devices;

public sealed class DeviceIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Boiler_1:cellar-left")]
    [InlineData("0123456789")]
    [InlineData("--")]
    public void Letters_digits_colon_underscore_and_hyphen_make_a_name(string text)
    {
        Assert.True(DeviceId.TryParse(text, out var device));
        Assert.Equal((text, text), (device.Value, device.ToString()));
        Assert.Equal(device, DeviceId.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a#")]
    [InlineData("+")]
    [InlineData("a~b")]
    [InlineData("a.b")]
    [InlineData("$a")]
    [InlineData("ä")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("а")] // Cyrillic
    public void Nothing_else_does(string? text)
    {
        Assert.False(DeviceId.TryParse(text, out var device));
        Assert.Equal(default, device);
        Assert.False(DeviceId.TryParse(Encoding.UTF8.GetBytes(text ?? ""), out _));
        Assert.Throws<FormatException>(() => DeviceId.Parse(text!));
    }

    [Fact]
    public void It_has_at_most_128_characters()
    {
        Assert.True(DeviceId.TryParse(new string('x', 128), out _));
        Assert.False(DeviceId.TryParse(new string('x', 129), out _));
        Assert.False(DeviceId.TryParse(Encoding.UTF8.GetBytes(new string('x', 129)), out _));
    }

    [Fact]
    public void Bytes_and_text_agree_on_what_is_a_name() => Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text =>
    {
        var asText = DeviceId.TryParse(text, out var fromText);
        var asBytes = DeviceId.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes);
        Assert.Equal((asText, fromText), (asBytes, fromBytes));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_differ_by_case_and_are_in_the_order_of_their_characters()
    {
        var (upper, lower) = (DeviceId.Parse("B"), DeviceId.Parse("a"));

        Assert.NotEqual(DeviceId.Parse("b"), upper);
        Assert.True(upper < lower && lower > upper && upper <= lower && lower >= upper);
        Assert.Equal([upper, lower], new[] { lower, upper }.Order());
    }

    [Fact]
    public void One_that_was_never_set_is_empty_text() => Assert.Equal("", default(DeviceId).Value);
}
