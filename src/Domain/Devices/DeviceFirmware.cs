using System.Collections.Immutable;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Devices;

/// <summary>Which software runs on a device: what it reports itself wins over what people state.</summary>
/// <param name="Reported">The device said so.</param>
public readonly record struct DeviceFirmware(string Version, bool Reported)
{
    /// <summary>The metrics that a device may report it by, as a text; the first there counts.</summary>
    public static readonly ImmutableArray<MetricName> Metrics = [MetricName.Parse("firmware"), MetricName.Parse("firmware-version")];

    /// <summary>Null where nobody says.</summary>
    public static DeviceFirmware? Of(Twin twin)
    {
        foreach (var metric in Metrics)
        {
            if (twin.Readings.Find(metric)?.Value is { Kind: MetricKind.Text, Text: { Length: > 0 } reported })
                return new(reported, Reported: true);
        }

        return twin.Description.Firmware is { } stated ? new(stated, Reported: false) : null;
    }
}
