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
    public static readonly string Columns = $"body, status, acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolution, {GuardedTables.Alerts.IsWhole}, id";

    private static readonly string Insert = GuardedTables.Alerts.Insert("INSERT OR REPLACE");

    private static readonly string Acknowledge = GuardedTables.Alerts.Update("status", "acknowledged_at", "acknowledged_by");

    private static readonly string Resolve = GuardedTables.Alerts.Update("status", "resolved_at", "resolved_by", "resolution");

    public static void Write(SqliteDatabase database, TwinEvent twinEvent)
    {
        switch (twinEvent)
        {
            case TwinEvent.AlertTriggered { Alert: var alert }:
                Trigger(database, alert);
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

    /// <summary>Enters it as it is triggered.</summary>
    public static void Trigger(SqliteDatabase database, Alert alert)
    {
        var body = new ArrayBufferWriter<byte>();
        AlertCodec.Encode(body, alert);
        database.Statement(Insert).Guarded().Bind(alert.Id.ToString()).Bind(alert.Device.Value).Bind(alert.Rule.Value).Bind((long)alert.Status)
            .Bind((long)alert.Severity).Bind(alert.TriggeredAt.UnixMilliseconds)
            .BindNull().BindNull().BindNull().BindNull().BindNull().Bind(body.WrittenSpan).BindChecksum().Run();
    }

    /// <summary>Enters it as it stands.</summary>
    public static void Enter(SqliteDatabase database, Alert alert)
    {
        Trigger(database, alert);
        if (alert is { AcknowledgedAt: { } at, AcknowledgedBy: { } by })
            Write(database, new TwinEvent.AlertAcknowledged(alert.Id, by, at));
    }

    public static bool IsWhole(SqliteStatement row) => row.Int64(7) != 0;

    public static string Damage(SqliteStatement row) => $"Alert {row.Shown(8)} is not what was written.";

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
