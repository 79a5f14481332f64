using System.Text.Json.Serialization;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>A metric that the device has reported.</summary>
/// <param name="Kind">Of its newest value: <c>number</c>, <c>boolean</c> or <c>text</c>.</param>
/// <param name="Value">The newest.</param>
/// <param name="At">When the device measured it.</param>
/// <param name="Unit">As the device's type says; left out where it does not.</param>
/// <param name="Quality">What about the value the device's type does not allow; left out where nothing.</param>
public sealed record MetricDocument(
    string Name,
    string Kind,
    MetricValue Value,
    Instant At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quality = null)
{
    public static MetricDocument Of(LastValue last, Twin twin, TypeSchema? type) => new(
        last.Metric.Value, DeviceWords.Of(last.Value.Kind), last.Value, last.At, type?.UnitOf(last.Metric), QualityDocument.Of(twin.Flags, last.Metric));
}
