using OrleansIot.Dashboard.Display;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Tests.Display;

public sealed class MetricOrderTests
{
    [Fact]
    public void Percentages_then_numbers_then_flags_then_texts_each_in_the_devices_own_order()
    {
        LastValue[] readings =
        [
            Last("host-name", MetricValue.Of("vm")), Last("is-on", MetricValue.Of(true)), Last("load", MetricValue.Of(2)),
            Last("cpuPercent", MetricValue.Of(7)), Last("cores", MetricValue.Of(4)), Last("disk-percent", MetricValue.Of(18)),
        ];

        Assert.Equal(
            ["cpuPercent", "disk-percent", "load", "cores", "is-on", "host-name"],
            MetricOrder.NumbersFirst(readings).Select(last => last.Metric.Value));
    }

    private static LastValue Last(string metric, MetricValue value) => new(MetricName.Parse(metric), value, Instant.MinValue);
}
