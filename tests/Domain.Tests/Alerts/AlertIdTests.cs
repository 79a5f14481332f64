using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Domain.Tests.Alerts;

public sealed class AlertIdTests
{
    private static readonly Gen<string> Names =
        from length in Gen.Choose(1, DeviceId.MaxLength)
        from characters in Gen.Elements("abcXYZ019:_-".ToCharArray()).ArrayOf(length)
        select new string(characters);

    [Fact]
    public void Any_alert_id_reads_back() => Prop.ForAll(
        Names.Two().ToArbitrary(), Gen.Choose(0, int.MaxValue).Two().ToArbitrary(), (names, numbers) =>
        {
            var alert = new AlertId(DeviceId.Parse(names.Item1), RuleId.Parse(names.Item2), ((long)numbers.Item1 << 32) + numbers.Item2);
            Assert.Equal(alert, AlertId.Parse(alert.ToString()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void It_names_device_rule_and_occurrence() =>
        Assert.Equal("boiler-1~hot~17", new AlertId(DeviceId.Parse("boiler-1"), RuleId.Parse("hot"), 17).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("boiler-1~hot")]
    [InlineData("boiler-1~hot~1~2")]
    [InlineData("boiler-1~hot~")]
    [InlineData("boiler-1~hot~x")]
    [InlineData("boiler-1~hot~-1")]
    [InlineData("boiler-1~hot~+1")]
    [InlineData("boiler-1~hot~ 1")]
    [InlineData("boiler-1~hot~99999999999999999999")]
    [InlineData("boiler 1~hot~1")]
    [InlineData("boiler-1~h t~1")]
    [InlineData("~hot~1")]
    [InlineData("boiler-1~~1")]
    public void Anything_else_is_none(string? text)
    {
        Assert.False(AlertId.TryParse(text, out var alert));
        Assert.Equal(default, alert);
        Assert.Throws<FormatException>(() => AlertId.Parse(text!));
    }
}
