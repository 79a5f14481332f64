using System.Buffers;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Alerts;

/// <summary>Keeps the table of alerts as the events leave them.</summary>
internal static class AlertRows
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "body, status, acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolution";

    private const string Insert =
        "INSERT OR REPLACE INTO alert(id, device, rule, status, severity, triggered_at, body) VALUES(?, ?, ?, ?, ?, ?, ?)";

    private const string Acknowledge = "UPDATE alert SET status = ?, acknowledged_at = ?, acknowledged_by = ? WHERE id = ?";

    private const string Resolve = "UPDATE alert SET status = ?, resolved_at = ?, resolved_by = ?, resolution = ? WHERE id = ?";

    public static void Write(SqliteDatabase database, TwinEvent twinEvent)
    {
        switch (twinEvent)
        {
            case TwinEvent.AlertTriggered { Alert: var alert }:
                var body = new ArrayBufferWriter<byte>();
                AlertCodec.Encode(body, alert);
                database.Statement(Insert).Bind(alert.Id.ToString()).Bind(alert.Device.Value).Bind(alert.Rule.Value).Bind((long)alert.Status)
                    .Bind((long)alert.Severity).Bind(alert.TriggeredAt.UnixMilliseconds).Bind(body.WrittenSpan).Run();
                break;

            case TwinEvent.AlertAcknowledged step:
                database.Statement(Acknowledge).Bind((long)AlertStatus.Acknowledged).Bind(step.When.UnixMilliseconds).Bind(step.By).Bind(step.Alert.ToString()).Run();
                break;

            case TwinEvent.AlertResolved step:
                database.Statement(Resolve).Bind((long)AlertStatus.Resolved).Bind(step.When.UnixMilliseconds).Bind(step.By).Bind((long)step.Resolution)
                    .Bind(step.Alert.ToString()).Run();
                break;
        }
    }

    public static Alert Read(SqliteStatement row) => AlertCodec.Decode(row.Blob(0)) with
    {
        Status = (AlertStatus)row.Int64(1),
        AcknowledgedAt = row.OptionalInt64(2) is { } acknowledged ? new Instant(acknowledged) : null,
        AcknowledgedBy = row.OptionalText(3),
        ResolvedAt = row.OptionalInt64(4) is { } resolved ? new Instant(resolved) : null,
        ResolvedBy = row.OptionalText(5),
        Resolution = row.OptionalInt64(6) is { } resolution ? (AlertResolution)resolution : null,
    };
}
