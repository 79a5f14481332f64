using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>A metric that the device has reported.</summary>
/// <param name="Kind">Of its newest value: <c>number</c>, <c>boolean</c> or <c>text</c>.</param>
/// <param name="Value">The newest.</param>
/// <param name="At">When the device measured it.</param>
public sealed record MetricDocument(string Name, string Kind, MetricValue Value, Instant At)
{
    public static MetricDocument Of(LastValue last) => new(last.Metric.Value, DeviceWords.Of(last.Value.Kind), last.Value, last.At);
}
