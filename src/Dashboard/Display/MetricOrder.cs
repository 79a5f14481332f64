using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Display;

/// <summary>Which of a device's metrics come first. Among equals the device's own order stays.</summary>
public static class MetricOrder
{
    /// <summary>Percentages say something without knowing the device, other numbers to those who know it; flags and texts rarely change.</summary>
    public static IEnumerable<LastValue> NumbersFirst(IEnumerable<LastValue> readings) => readings.OrderBy(Rank);

    /// <summary>The few for a row in a list: what is in alert, the worst first, before all others.</summary>
    public static IEnumerable<LastValue> MostTelling(Twin twin) => twin.OpenAlerts.IsEmpty
        ? NumbersFirst(twin.Readings)
        : NumbersFirst(twin.Readings).OrderByDescending(last =>
            twin.OpenAlerts.Where(alert => alert.Metric == last.Metric).Select(alert => (int)alert.Severity).DefaultIfEmpty(-1).Max());

    private static int Rank(LastValue last) => last.Value.Kind switch
    {
        MetricKind.Number when MetricText.IsPercent(last.Metric) => 0,
        MetricKind.Number => 1,
        MetricKind.Boolean => 2,
        _ => 3,
    };
}
