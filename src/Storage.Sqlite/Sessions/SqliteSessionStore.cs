using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The tables of sessions, of what is owed to them, and of retained messages. The commits of the event log write them.</summary>
internal sealed class SqliteSessionStore(GroupCommit writer, ReadConnections readers, DamageFound damage) : ISessionStore
{
    // The key's own order: no sorting, however much is owed. (CROSS JOIN: SQLite keeps the order of the tables.)
    private static readonly string SelectOwed =
        $"""
        SELECT m.topic, m.properties, m.payload, m.qos, m.retain, m.expires_at,
            d.session, d.number, d.message, d.shared, d.qos, d.retain, d.packet, d.released, d.subscription_ids,
            {GuardedTables.Deliveries.IsWholeOf("d")}, {GuardedTables.Messages.IsWholeOf("m")}
        FROM delivery d CROSS JOIN message m ON m.id = d.message ORDER BY d.session, d.number
        """;

    public async ValueTask<StoredMessaging> Load(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        reader.Freeze();
        var sessions = Sessions(reader);
        ReadSubscriptions(reader, sessions);
        ReadReceived(reader, sessions);
        ReadWills(reader, sessions);
        ReadOwed(reader, sessions, cancellation);
        var last = Meta.Read(reader.Statement(Meta.Select).Bind(Meta.LastDelivery)) ?? 0;
        return new StoredMessaging([.. sessions.Values.Select(session => session.Build())], Retained(reader), last);
    }

    public ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation) => writer.Append(changes, cancellation);

    private Dictionary<long, LoadedSession> Sessions(ReadConnection reader)
    {
        var sessions = new Dictionary<long, LoadedSession>();
        using var rows = All(reader, GuardedTables.Sessions);
        while (StepWhole(rows, GuardedTables.Sessions))
            sessions.Add(rows.Int64(0), new LoadedSession(rows.Text(1), (uint)rows.Int64(2), rows.OptionalInt64(3) is { } at ? new Instant(at) : null));

        return sessions;
    }

    private void ReadSubscriptions(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = All(reader, GuardedTables.Subscriptions);
        while (StepWhole(rows, GuardedTables.Subscriptions))
            sessions.GetValueOrDefault(rows.Int64(0))?.Subscriptions.Add(new StoredSubscription(rows.Text(1), (byte)rows.Int64(2), (uint?)rows.OptionalInt64(3)));
    }

    private void ReadReceived(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = All(reader, GuardedTables.Received);
        while (StepWhole(rows, GuardedTables.Received))
            sessions.GetValueOrDefault(rows.Int64(0))?.Received.Add((ushort)rows.Int64(1));
    }

    private void ReadWills(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = All(reader, GuardedTables.Wills);
        while (StepWhole(rows, GuardedTables.Wills))
        {
            if (sessions.TryGetValue(rows.Int64(0), out var session))
                session.Will = new StoredWill(MessageColumns.Read(rows, first: 2), new Instant(rows.Int64(1)));
        }
    }

    private void ReadOwed(ReadConnection reader, Dictionary<long, LoadedSession> sessions, CancellationToken cancellation)
    {
        const int First = MessageColumns.Count;

        // They shared its bytes before, and do so again.
        var shared = new Dictionary<long, StoredMessage>();
        using var rows = reader.Statement(SelectOwed);
        while (rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            if (rows.Int64(First + 9) == 0 || rows.Int64(First + 10) == 0)
            {
                damage.Add(rows.Int64(First + 9) == 0
                    ? $"{GuardedTables.Deliveries.What} {rows.Int64(First)}, {rows.Int64(First + 1)} is not what was written."
                    : $"{GuardedTables.Messages.What} {rows.Int64(First + 2)} is not what was written.");
                continue;
            }

            if (!sessions.TryGetValue(rows.Int64(First), out var session))
                continue;

            var id = rows.Int64(First + 2);
            if (!shared.TryGetValue(id, out var message))
            {
                message = MessageColumns.Read(rows);
                if (rows.Int64(First + 3) != 0)
                    shared.Add(id, message);
            }

            var delivery = new StoredDelivery(
                session.ClientId, rows.Int64(First + 1), (byte)rows.Int64(First + 4), rows.Int64(First + 5) != 0, SubscriptionIds.Decode(rows.Blob(First + 8)));
            session.Owed.Add(new StoredOwed(delivery, message, (ushort)rows.Int64(First + 6), rows.Int64(First + 7) != 0));
        }
    }

    private List<StoredMessage> Retained(ReadConnection reader)
    {
        var retained = new List<StoredMessage>();
        using var rows = All(reader, GuardedTables.Retained);
        while (StepWhole(rows, GuardedTables.Retained))
            retained.Add(MessageColumns.Read(rows));

        return retained;
    }

    private static SqliteStatement All(ReadConnection reader, GuardedTable table) => reader.Statement($"SELECT {table.Columns}, {table.IsWhole} FROM {table.Name}");

    /// <summary>Goes to the next row that is what was written; the others are told.</summary>
    private bool StepWhole(SqliteStatement rows, GuardedTable table)
    {
        while (rows.Step())
        {
            if (rows.Int64(table.ColumnCount) != 0)
                return true;

            damage.Add(table.Damage(rows));
        }

        return false;
    }

    private sealed class LoadedSession(string clientId, uint expirySeconds, Instant? endedAt)
    {
        public string ClientId => clientId;

        public List<StoredSubscription> Subscriptions { get; } = [];

        public List<StoredOwed> Owed { get; } = [];

        public List<ushort> Received { get; } = [];

        public StoredWill? Will { get; set; }

        public StoredSession Build() => new(clientId, expirySeconds, endedAt, Subscriptions, Owed, Received, Will);
    }
}
