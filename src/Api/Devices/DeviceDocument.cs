using System.Text.Json.Serialization;
using OrleansIot.Application.Alerts;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>A device as it is believed to be now, or as it was.</summary>
/// <param name="Status"><c>online</c>, <c>offline</c>, <c>maintenance</c>, or <c>unknown</c> before anything was heard from it.</param>
/// <param name="StatusReason">Why, for people: <c>no reading for 60 s</c>.</param>
/// <param name="LastSeen">When its last reading arrived; null with none.</param>
/// <param name="Readings">The newest value of each metric.</param>
/// <param name="OpenAlerts">Triggered or acknowledged, oldest first.</param>
public sealed record DeviceDocument(
    string DeviceId,
    string? Name,
    string? Type,
    string? Location,
    IReadOnlyList<string> Tags,
    string Status,
    string StatusReason,
    Instant? StatusSince,
    Instant? LastSeen,
    IReadOnlyDictionary<string, LastValueDocument> Readings,
    IReadOnlyList<AlertDocument> OpenAlerts)
{
    /// <summary>How many events there are of it; each change counts one up.</summary>
    public long Version { get; init; }

    /// <summary>Rules that are not at rest on it, in order of id.</summary>
    public IReadOnlyList<RuleStateDocument> Rules { get; init; } = [];

    /// <summary>The moment at which it was so, where one was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Instant? At { get; init; }

    public static DeviceDocument Of(Twin twin) => new(
        twin.Device.Value,
        twin.Description.Name,
        twin.Description.Type,
        twin.Description.Location,
        twin.Description.Tags,
        DeviceWords.Of(twin.Status),
        twin.StatusReason,
        twin.Status == Domain.Devices.DeviceStatus.Unknown ? null : twin.StatusSince,
        twin.LastSeen,
        twin.Readings.ToDictionary(last => last.Metric.Value, last => new LastValueDocument(last.Value, last.At)),
        [.. twin.OpenAlerts.Select(AlertDocument.Of)])
    {
        Version = twin.Version,
        Rules = [.. twin.Rules.Select(RuleStateDocument.Of)],
    };
}

/// <param name="At">When the device measured it.</param>
public sealed record LastValueDocument(MetricValue Value, Instant At);
