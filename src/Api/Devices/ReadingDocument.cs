using System.Text.Json.Serialization;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>A reading as the device sent it.</summary>
/// <param name="At">When the device measured it (its clock).</param>
/// <param name="ReceivedAt">When it arrived (our clock).</param>
/// <param name="Quality">What about it the device's type does not allow; left out where nothing.</param>
public sealed record ReadingDocument(
    Instant At,
    Instant ReceivedAt,
    IReadOnlyDictionary<string, MetricValue> Metrics,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<QualityDocument>? Quality = null)
{
    public static ReadingDocument Of(Reading reading) => new(reading.At, reading.ReceivedAt, MetricsOf(reading), QualityDocument.Of(reading.Flags));

    internal static Dictionary<string, MetricValue> MetricsOf(Reading reading) =>
        reading.Metrics.ToDictionary(metric => metric.Name.Value, metric => metric.Value);
}
