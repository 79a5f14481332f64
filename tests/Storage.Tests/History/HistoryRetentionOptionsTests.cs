using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using OrleansIot.Application.History;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

public class HistoryRetentionOptionsTests
{
    private static readonly HistoryRetention Store = new(TimeSpan.FromDays(30), TimeSpan.FromDays(400));

    [Fact]
    public void What_is_not_set_is_as_the_store_has_it() =>
        Assert.Equal(Store.Default, new HistoryRetentionOptions().Over(Store).Default);

    [Fact]
    public void Each_resolution_and_each_pattern_of_metrics_may_have_its_own_time()
    {
        var retention = Read(("Minutes", "60"), ("Days", "3650"), ("Metrics:0:Pattern", "gps.*"), ("Metrics:0:Readings", "7"), ("Metrics:1:Pattern", "gps.altitude"), ("Metrics:1:Readings", "9")).Over(Store);
        var now = At(0);

        Assert.Equal([30, 60, 400, 400, 3650], DaysOf("temperature"));
        Assert.Equal([7, 60, 400, 400, 3650], DaysOf("gps.altitude"));
        Assert.Equal(30, retention.Longest(HistoryResolution.Raw).TotalDays);

        IEnumerable<double> DaysOf(string metric) =>
            Enum.GetValues<HistoryResolution>().Select(resolution => (now - retention.At(now).Of(MetricName.Parse(metric), resolution)).TotalDays);
    }

    [Theory]
    [InlineData("Metrics:0:Readings", "7")]
    [InlineData("Metrics:0:Pattern", "*")]
    [InlineData("Metrics:0:Days", "0")]
    [InlineData("Minutes", "0")]
    public void A_rule_that_makes_no_sense_is_named(string setting, string value)
    {
        var options = Read((setting, value));
        var faults = new List<ValidationResult>();

        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true));
        Assert.Contains(setting.Split(':')[0], Assert.Single(faults.Select(fault => fault.MemberNames.Single()).Distinct()), StringComparison.Ordinal);
    }

    private static HistoryRetentionOptions Read(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))).Build().Get<HistoryRetentionOptions>()!;
}
