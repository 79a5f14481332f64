using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Outbox;

/// <summary>The table of messages. The commits of the event log fill it.</summary>
internal sealed class SqliteOutbox(GroupCommit writer, ReadConnections readers, MessagesAdded added, DamageFound damage) : IOutbox
{
    private static readonly string Update = GuardedTables.Outbox.Update("status", "attempts", "last_attempt_at", "due_at", "outcome");

    public ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation) =>
        Select("status = 0 AND due_at <= ? {0} ORDER BY due_at, sequence LIMIT ?", select => select.Bind(now.UnixMilliseconds).Bind(limit), cancellation);

    public async ValueTask<Instant?> NextDue(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement($"SELECT due_at FROM outbox WHERE status = 0 AND {GuardedTables.Outbox.IsWhole} ORDER BY due_at LIMIT 1");
        return select.Step() ? new Instant(select.Int64(0)) : null;
    }

    public async ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation)
    {
        await writer.Run(
            database =>
            {
                database.Statement(Update).Bind((long)status).Bind(attempts).Bind(at.UnixMilliseconds).Bind(dueAt.UnixMilliseconds).Bind(outcome).Bind(message.Id).Run();
                return true;
            },
            null,
            cancellation);
    }

    public ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation) =>
        Select("alert_id = ? {0} ORDER BY sequence", select => select.Bind(alert.ToString()), cancellation);

    public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) =>
        Select("true {0} ORDER BY sequence DESC LIMIT ?", select => select.Bind(limit), cancellation);

    public Task Added(CancellationToken cancellation) => added.Next.WaitAsync(cancellation);

    // Those that are not what was written are told and passed over: what it would say, to whom, and whether it was said, is not known.
    private async ValueTask<IReadOnlyList<Delivery>> Select(string which, Func<SqliteStatement, SqliteStatement> bind, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        return Read(bind(reader.Statement(Sql(which, "")))) ?? Read(bind(reader.Statement(Sql(which, $"AND {GuardedTables.Outbox.IsWhole}"))))!;
    }

    private static string Sql(string which, string more) => $"SELECT {OutboxRows.Columns} FROM outbox WHERE {string.Format(null, which, more)}";

    /// <returns>Null where one was met that is not what was written.</returns>
    private List<Delivery>? Read(SqliteStatement bound)
    {
        using var select = bound;
        var deliveries = new List<Delivery>();
        var isDamaged = false;
        while (select.Step())
        {
            if (OutboxRows.IsWhole(select))
            {
                deliveries.Add(OutboxRows.Read(select));
                continue;
            }

            isDamaged = true;
            damage.Add(OutboxRows.Damage(select));
        }

        return isDamaged ? null : deliveries;
    }
}
