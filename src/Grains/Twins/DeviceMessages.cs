using System.Collections.Immutable;
using OrleansIot.Application.Alerts;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>The domain in the words of the public contract, and back.</summary>
internal static class DeviceMessages
{
    private const string InvalidReading = "reading.invalid";

    public static readonly DeviceAnswer NobodyAsks = new("request.invalid", $"Say who asks, in 1 to {DeviceDescription.MaxTextLength} characters.");

    /// <summary>Whether somebody can be known by it, in the log and to others.</summary>
    public static bool IsName(string? by) => by is { Length: > 0 and <= DeviceDescription.MaxTextLength };

    public static DeviceSnapshot SnapshotOf(Twin twin) => new(
        twin.Device.Value,
        twin.Version,
        twin.Description.Name,
        twin.Description.Type,
        twin.Description.Location,
        twin.Description.Tags,
        WordOf(twin.Status),
        twin.StatusReason,
        twin.StatusSince.ToDateTimeOffset(),
        twin.LastSeen?.ToDateTimeOffset(),
        [.. twin.Readings.Select(last => MetricOf(last.Metric, last.Value, last.At))],
        AlertsOf(twin),
        twin.Description.Site,
        MaintenanceOf(twin));

    public static ImmutableArray<DeviceAlert> AlertsOf(Twin twin) => [.. twin.OpenAlerts.Select(AlertOf)];

    public static DeviceProfile ProfileOf(DeviceDescription description) => new(
        description.Name,
        description.Type,
        description.Location,
        description.Tags,
        description.Organisation,
        description.Site,
        description.Groups,
        description.Metadata.ToImmutableDictionary(fact => fact.Key, fact => fact.Value),
        description.Firmware);

    public static DeviceDescription DescriptionOf(DeviceProfile profile) => new(profile.Name, profile.Type, profile.Location, OrNone(profile.Tags))
    {
        Organisation = profile.Organisation,
        Site = profile.Site,
        Groups = OrNone(profile.Groups),
        Metadata = [.. (profile.Metadata ?? ImmutableDictionary<string, string>.Empty).Select(fact => new MetadataEntry(fact.Key, fact.Value ?? "")).OrderBy(fact => fact.Key, StringComparer.Ordinal)],
        Firmware = profile.Firmware,
    };

    public static DeviceAnswer AnswerOf(Decision decision) => decision switch
    {
        Decision.Rejected { Reason: var reason } => new DeviceAnswer(reason.Code, reason.Detail),
        _ => DeviceAnswer.Ok,
    };

    /// <summary>Null, and a fault, where the reading is none.</summary>
    public static TwinCommand.Ingest? CommandOf(DeviceReading reading, Instant now, out DeviceAnswer fault)
    {
        fault = DeviceAnswer.Ok;
        if (reading.Metrics.IsDefaultOrEmpty || reading.Metrics.Length > Twin.MaxMetrics)
            return Refuse($"A reading has 1 to {Twin.MaxMetrics} metrics.", out fault);

        var metrics = ImmutableArray.CreateBuilder<Metric>(reading.Metrics.Length);
        foreach (var metric in reading.Metrics)
        {
            if (!MetricName.TryParse(metric.Name, out var name))
                return Refuse($"'{metric.Name}' is not the name of a metric: 1 to {MetricName.MaxLength} characters, no control character, no leading $.", out fault);

            if (ValueOf(metric) is not { } value)
                return Refuse($"Metric '{metric.Name}' needs exactly one of a finite number, a flag, and a text of at most {MetricValue.MaxTextLength} characters.", out fault);

            metrics.Add(new Metric(name, value));
        }

        if (metrics.DistinctBy(metric => metric.Name).Count() != metrics.Count)
            return Refuse("A metric is in the reading twice.", out fault);

        var key = reading.MessageId is { } id ? MessageKey.OfMessageId(id) : MessageKey.None;
        var at = reading.At is { } measured ? Instant.From(measured) : now;
        return new TwinCommand.Ingest(new Reading(at, now, metrics.MoveToImmutable()), key, KeyIsMessageId: !key.IsNone, Redelivered: false, Session: null);
    }

    public static string WordOf(DeviceStatus status) => status switch
    {
        DeviceStatus.Online => "online",
        DeviceStatus.Offline => "offline",
        DeviceStatus.Maintenance => "maintenance",
        _ => "unknown",
    };

    private static ImmutableArray<string> OrNone(ImmutableArray<string> words) => words.IsDefault ? [] : [.. words.Select(word => word ?? "")];

    private static DeviceMaintenance? MaintenanceOf(Twin twin) => twin.Maintenance is { } maintenance
        ? new DeviceMaintenance(maintenance.Since.ToDateTimeOffset(), maintenance.Reason, maintenance.By, WordOf(twin.Connectivity))
        : null;

    private static DeviceAlert AlertOf(Alert alert) => new(
        alert.Id.ToString(),
        alert.Rule.Value,
        alert.RuleName,
        AlertDocument.WordOf(alert.Severity),
        AlertDocument.WordOf(alert.Status),
        alert.Condition,
        MetricOf(alert.Metric, alert.ActualValue, alert.TriggeredAt),
        alert.TriggeredAt.ToDateTimeOffset(),
        alert.AcknowledgedAt?.ToDateTimeOffset(),
        alert.AcknowledgedBy);

    private static DeviceMetric MetricOf(MetricName name, MetricValue value, Instant at) => value.Kind switch
    {
        MetricKind.Number => new DeviceMetric(name.Value, Number: value.Number, At: at.ToDateTimeOffset()),
        MetricKind.Boolean => new DeviceMetric(name.Value, Flag: value.Boolean, At: at.ToDateTimeOffset()),
        _ => new DeviceMetric(name.Value, Text: value.Text, At: at.ToDateTimeOffset()),
    };

    private static MetricValue? ValueOf(DeviceMetric metric) => metric switch
    {
        { Number: { } number, Flag: null, Text: null } when double.IsFinite(number) => MetricValue.Of(number),
        { Number: null, Flag: { } flag, Text: null } => MetricValue.Of(flag),
        { Number: null, Flag: null, Text: { Length: <= MetricValue.MaxTextLength } text } => MetricValue.Of(text),
        _ => null,
    };

    private static TwinCommand.Ingest? Refuse(string detail, out DeviceAnswer fault)
    {
        fault = new DeviceAnswer(InvalidReading, detail);
        return null;
    }
}
