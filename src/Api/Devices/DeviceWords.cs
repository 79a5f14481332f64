using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>The words of a device document and what they stand for.</summary>
internal static class DeviceWords
{
    public static readonly ImmutableArray<(string Word, DeviceStatus Meaning)> Statuses =
    [
        ("online", DeviceStatus.Online),
        ("offline", DeviceStatus.Offline),
        ("unknown", DeviceStatus.Unknown),
        ("maintenance", DeviceStatus.Maintenance),
    ];

    public static string Of(DeviceStatus status) => Statuses.First(pair => pair.Meaning == status).Word;

    public static string SourceOf(DeviceFirmware firmware) => firmware.Reported ? "reported" : "stated";

    public static string Of(MetricKind kind) => kind switch
    {
        MetricKind.Number => "number",
        MetricKind.Boolean => "boolean",
        _ => "text",
    };
}
