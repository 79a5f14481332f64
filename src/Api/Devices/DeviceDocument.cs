using System.Text.Json.Serialization;
using OrleansIot.Api.Shadows;
using OrleansIot.Application.Alerts;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>A device as it is believed to be now, or as it was.</summary>
/// <param name="Version">Counts what happened to the device: never lower than one that was seen before, and the same only where nothing changed.</param>
/// <param name="Status"><c>online</c>, <c>offline</c>, <c>maintenance</c>, or <c>unknown</c> before anything was heard from it.</param>
/// <param name="StatusReason">Why, for people: <c>no reading for 60 s</c>.</param>
/// <param name="LastSeen">When its last reading arrived; null with none.</param>
/// <param name="ClockSkewMs">How far the device's clock is ahead of ours, in milliseconds (negative: behind), as near as its quickest
/// reading of the last ten to twenty minutes tells; null where its readings state no time.</param>
/// <param name="Readings">The newest value of each metric.</param>
/// <param name="Organisation">Whose it is.</param>
/// <param name="Site">Its place in the site hierarchy, levels separated by <c>/</c>.</param>
/// <param name="Metadata">Free facts by key.</param>
/// <param name="Firmware">Version of the software on it; null where nobody says.</param>
/// <param name="FirmwareSource"><c>reported</c> by the device itself, or <c>stated</c> by people.</param>
/// <param name="OpenAlerts">Triggered or acknowledged, oldest first.</param>
public sealed record DeviceDocument(
    string DeviceId,
    long Version,
    string? Name,
    string? Type,
    string? Location,
    IReadOnlyList<string> Tags,
    string? Organisation,
    string? Site,
    IReadOnlyList<string> Groups,
    IReadOnlyDictionary<string, string> Metadata,
    string? Firmware,
    string? FirmwareSource,
    string Status,
    string StatusReason,
    Instant? StatusSince,
    Instant? LastSeen,
    long? ClockSkewMs,
    IReadOnlyDictionary<string, LastValueDocument> Readings,
    IReadOnlyList<AlertDocument> OpenAlerts)
{
    /// <summary>Rules that are not at rest on it, in order of id.</summary>
    public IReadOnlyList<RuleStateDocument> Rules { get; init; } = [];

    /// <summary>The moment at which it was so, where one was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Instant? At { get; init; }

    /// <summary>Its shadows of that moment, in order of name; left out where no moment was asked for: they are found at <c>/shadows</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PastShadowDocument>? Shadows { get; init; }

    /// <summary>Who works on it, why and since when; left out where nobody does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaintenanceDocument? Maintenance { get; init; }

    /// <summary>What the device's type does not allow, and what was stored all the same; left out where nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QualityDocument>? Quality { get; init; }

    public static DeviceDocument Of(Twin twin, TypeSchema? type = null) => new(
        twin.Device.Value,
        twin.Version,
        twin.Description.Name,
        twin.Description.Type,
        twin.Description.Location,
        twin.Description.Tags,
        twin.Description.Organisation,
        twin.Description.Site,
        twin.Description.Groups,
        twin.Description.Metadata.ToDictionary(fact => fact.Key, fact => fact.Value),
        DeviceFirmware.Of(twin)?.Version,
        DeviceFirmware.Of(twin) is { } firmware ? DeviceWords.SourceOf(firmware) : null,
        DeviceWords.Of(twin.Status),
        twin.StatusReason,
        twin.Status == DeviceStatus.Unknown ? null : twin.StatusSince,
        twin.LastSeen,
        twin.Clock?.Milliseconds,
        twin.Readings.ToDictionary(last => last.Metric.Value, last => new LastValueDocument(last.Value, last.At, type?.UnitOf(last.Metric), QualityDocument.Of(twin.Flags, last.Metric))),
        [.. twin.OpenAlerts.Select(AlertDocument.Of)])
    {
        Rules = [.. twin.Rules.Select(RuleStateDocument.Of)],
        Quality = QualityDocument.Of(twin.Flags),
        Maintenance = twin.Maintenance is { } maintenance
            ? new(maintenance.Since, maintenance.Reason, maintenance.By, DeviceWords.Of(twin.Connectivity))
            : null,
    };
}

/// <param name="Connectivity">What its status would be without: <c>online</c>, <c>offline</c> or <c>unknown</c>.</param>
public sealed record MaintenanceDocument(Instant Since, string Reason, string By, string Connectivity);

/// <param name="At">When the device measured it.</param>
/// <param name="Unit">As the device's type says; left out where it does not.</param>
/// <param name="Quality">What about the value the device's type does not allow: <c>out-of-range</c>; left out where nothing.</param>
public sealed record LastValueDocument(
    MetricValue Value,
    Instant At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quality = null);
