using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>A reading as the device sent it.</summary>
/// <param name="At">When the device measured it (its clock).</param>
/// <param name="ReceivedAt">When it arrived (our clock).</param>
public sealed record ReadingDocument(Instant At, Instant ReceivedAt, IReadOnlyDictionary<string, MetricValue> Metrics)
{
    public static ReadingDocument Of(Reading reading) => new(reading.At, reading.ReceivedAt, MetricsOf(reading));

    internal static Dictionary<string, MetricValue> MetricsOf(Reading reading) =>
        reading.Metrics.ToDictionary(metric => metric.Name.Value, metric => metric.Value);
}
