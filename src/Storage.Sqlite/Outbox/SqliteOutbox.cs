using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Outbox;

/// <summary>The table of messages. The commits of the event log fill it.</summary>
internal sealed class SqliteOutbox(GroupCommit writer, ReadConnections readers, MessagesAdded added) : IOutbox
{
    public ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation) =>
        Select($"SELECT {OutboxRows.Columns} FROM outbox WHERE status = 0 AND due_at <= ? ORDER BY due_at, sequence LIMIT ?", select => select.Bind(now.UnixMilliseconds).Bind(limit), cancellation);

    public async ValueTask<Instant?> NextDue(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement("SELECT due_at FROM outbox WHERE status = 0 ORDER BY due_at LIMIT 1");
        return select.Step() ? new Instant(select.Int64(0)) : null;
    }

    public async ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation)
    {
        const string Update = "UPDATE outbox SET status = ?, attempts = ?, last_attempt_at = ?, due_at = ?, outcome = ? WHERE id = ?";
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
        Select($"SELECT {OutboxRows.Columns} FROM outbox WHERE alert_id = ? ORDER BY sequence", select => select.Bind(alert.ToString()), cancellation);

    public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) =>
        Select($"SELECT {OutboxRows.Columns} FROM outbox ORDER BY sequence DESC LIMIT ?", select => select.Bind(limit), cancellation);

    public Task Added(CancellationToken cancellation) => added.Next.WaitAsync(cancellation);

    private async ValueTask<IReadOnlyList<Delivery>> Select(string sql, Func<SqliteStatement, SqliteStatement> bind, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = bind(reader.Statement(sql));
        var deliveries = new List<Delivery>();
        while (select.Step())
            deliveries.Add(OutboxRows.Read(select));

        return deliveries;
    }
}
