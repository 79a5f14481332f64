using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The tables of sessions, of what is owed to them, and of retained messages. The commits of the event log write them.</summary>
internal sealed class SqliteSessionStore(GroupCommit writer, ReadConnections readers) : ISessionStore
{
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

    private static Dictionary<long, LoadedSession> Sessions(ReadConnection reader)
    {
        var sessions = new Dictionary<long, LoadedSession>();
        using var rows = reader.Statement("SELECT id, client, expiry_seconds, ended_at FROM session");
        while (rows.Step())
            sessions.Add(rows.Int64(0), new LoadedSession(rows.Text(1), (uint)rows.Int64(2), rows.OptionalInt64(3) is { } at ? new Instant(at) : null));

        return sessions;
    }

    private static void ReadSubscriptions(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = reader.Statement("SELECT session, filter, options, identifier FROM subscription");
        while (rows.Step())
            sessions[rows.Int64(0)].Subscriptions.Add(new StoredSubscription(rows.Text(1), (byte)rows.Int64(2), (uint?)rows.OptionalInt64(3)));
    }

    private static void ReadReceived(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = reader.Statement("SELECT session, packet FROM received");
        while (rows.Step())
            sessions[rows.Int64(0)].Received.Add((ushort)rows.Int64(1));
    }

    private static void ReadWills(ReadConnection reader, Dictionary<long, LoadedSession> sessions)
    {
        using var rows = reader.Statement($"SELECT {MessageColumns.Names}, session, at FROM will");
        while (rows.Step())
            sessions[rows.Int64(MessageColumns.Count)].Will = new StoredWill(MessageColumns.Read(rows), new Instant(rows.Int64(MessageColumns.Count + 1)));
    }

    private static void ReadOwed(ReadConnection reader, Dictionary<long, LoadedSession> sessions, CancellationToken cancellation)
    {
        const int First = MessageColumns.Count;

        // The key's own order: no sorting, however much is owed. (CROSS JOIN: SQLite keeps the order of the tables.)
        const string Select =
            """
            SELECT m.topic, m.properties, m.payload, m.qos, m.retain, m.expires_at,
                d.session, d.number, d.message, d.shared, d.qos, d.retain, d.packet, d.released, d.subscription_ids
            FROM delivery d CROSS JOIN message m ON m.id = d.message ORDER BY d.session, d.number
            """;

        // They shared its bytes before, and do so again.
        var shared = new Dictionary<long, StoredMessage>();
        using var rows = reader.Statement(Select);
        while (rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            var session = sessions[rows.Int64(First)];
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

    private static List<StoredMessage> Retained(ReadConnection reader)
    {
        var retained = new List<StoredMessage>();
        using var rows = reader.Statement($"SELECT {MessageColumns.Names} FROM retained");
        while (rows.Step())
            retained.Add(MessageColumns.Read(rows));

        return retained;
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
