using System.Buffers;
using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Outbox;

internal static class OutboxRows
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public static readonly string Columns = $"id, channel, target, transition, alert, device_name, created_at, status, attempts, due_at, last_attempt_at, outcome, {GuardedTables.Outbox.IsWhole}";

    // The same cause makes the same id, and never a second message.
    private static readonly string Insert =
        $"{GuardedTables.Outbox.Insert("INSERT")} ON CONFLICT(id) DO NOTHING";

    public static void Add(SqliteDatabase database, ImmutableArray<OutboxMessage> messages)
    {
        if (messages.IsDefaultOrEmpty)
            return;

        foreach (var message in messages)
        {
            var alert = new ArrayBufferWriter<byte>();
            AlertCodec.Encode(alert, message.Alert);
            database.Statement(Insert).Guarded().Bind(message.Id).Bind(message.Alert.Id.ToString()).Bind(message.Channel).Bind(message.Target).Bind((long)message.Transition)
                .Bind(message.DeviceName).Bind(message.CreatedAt.UnixMilliseconds).Bind((long)DeliveryStatus.Pending).Bind(0L).Bind(message.CreatedAt.UnixMilliseconds)
                .BindNull().BindNull().Bind(alert.WrittenSpan).BindChecksum().Run();
        }
    }

    public static bool IsWhole(SqliteStatement row) => row.Int64(12) != 0;

    public static string Damage(SqliteStatement row) => $"Notification {row.Shown(0)} is not what was written.";

    public static Delivery Read(SqliteStatement row)
    {
        var message = new OutboxMessage(
            row.Text(0), row.Text(1), row.Text(2), (AlertTransitions)row.Int64(3), AlertCodec.Decode(row.Blob(4)), row.OptionalText(5), new Instant(row.Int64(6)));
        return new Delivery(
            message,
            (DeliveryStatus)row.Int64(7),
            (int)row.Int64(8),
            new Instant(row.Int64(9)),
            row.OptionalInt64(10) is { } attempted ? new Instant(attempted) : null,
            row.OptionalText(11));
    }
}
