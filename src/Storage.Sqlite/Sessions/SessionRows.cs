using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The statements of the changes. Those on a row that is not there change nothing.</summary>
internal static class SessionRows
{
    private const string UpsertSession =
        """
        INSERT INTO session(client, expiry_seconds, ended_at) VALUES(?, ?, ?)
        ON CONFLICT(client) DO UPDATE SET expiry_seconds = excluded.expiry_seconds, ended_at = excluded.ended_at RETURNING id
        """;

    private const string InsertDelivery =
        "INSERT OR REPLACE INTO delivery(session, number, message, shared, qos, retain, packet, released, subscription_ids) VALUES(?, ?, ?, ?, ?, ?, 0, 0, ?)";

    private const string UpsertSubscription =
        "INSERT OR REPLACE INTO subscription(session, filter, options, identifier) VALUES(?, ?, ?, ?)";

    private static readonly string[] TablesOfSession = ["delivery", "subscription", "received", "will"];

    public static long? Find(SqliteDatabase database, string client)
    {
        using var select = database.Statement("SELECT id FROM session WHERE client = ?").Bind(client);
        return select.Step() ? select.Int64(0) : null;
    }

    /// <returns>Its id.</returns>
    public static long Keep(SqliteDatabase database, SessionChange.Kept kept)
    {
        using var upsert = database.Statement(UpsertSession).Bind(kept.ClientId).Bind((long)kept.ExpirySeconds).Bind(kept.EndedAt?.UnixMilliseconds);
        upsert.Step();
        return upsert.Int64(0);
    }

    /// <param name="maybeUnused">Gets the messages that other sessions may still be owed.</param>
    public static void End(SqliteDatabase database, long session, HashSet<long> maybeUnused)
    {
        using (var shared = database.Statement("SELECT message FROM delivery WHERE session = ? AND shared = 1").Bind(session))
        {
            while (shared.Step())
                maybeUnused.Add(shared.Int64(0));
        }

        database.Statement("DELETE FROM message WHERE id IN (SELECT message FROM delivery WHERE session = ? AND shared = 0)").Bind(session).Run();
        foreach (var table in TablesOfSession)
            database.Statement($"DELETE FROM {table} WHERE session = ?").Bind(session).Run();

        database.Statement("DELETE FROM session WHERE id = ?").Bind(session).Run();
    }

    public static void Subscribe(SqliteDatabase database, long session, StoredSubscription subscription) =>
        database.Statement(UpsertSubscription).Bind(session).Bind(subscription.Filter).Bind((long)subscription.Options).Bind((long?)subscription.Identifier).Run();

    public static void Unsubscribe(SqliteDatabase database, long session, string filter) =>
        database.Statement("DELETE FROM subscription WHERE session = ? AND filter = ?").Bind(session).Bind(filter).Run();

    public static void AddMessage(SqliteDatabase database, long id, StoredMessage message) =>
        MessageColumns.Bind(database.Statement($"INSERT OR REPLACE INTO message(id, {MessageColumns.Names}) VALUES(?, ?, ?, ?, ?, ?, ?)").Bind(id), message).Run();

    public static void Owe(SqliteDatabase database, long session, StoredDelivery delivery, long message, bool isShared) =>
        SubscriptionIds.Bind(
            database.Statement(InsertDelivery).Bind(session).Bind(delivery.Number).Bind(message).Bind(isShared ? 1L : 0L).Bind((long)delivery.QoS).Bind(delivery.Retain ? 1L : 0L),
            delivery.SubscriptionIds).Run();

    public static void Send(SqliteDatabase database, long session, SessionChange.Sent sent) =>
        database.Statement("UPDATE delivery SET packet = ? WHERE session = ? AND number = ?").Bind((long)sent.PacketId).Bind(session).Bind(sent.Number).Run();

    public static void Release(SqliteDatabase database, long session, SessionChange.Released released) =>
        database.Statement("UPDATE delivery SET released = 1 WHERE session = ? AND number = ?").Bind(session).Bind(released.Number).Run();

    /// <returns>Its message, where that may have other deliveries.</returns>
    public static long? Deliver(SqliteDatabase database, long session, long number)
    {
        long message;
        using (var delete = database.Statement("DELETE FROM delivery WHERE session = ? AND number = ? RETURNING message, shared").Bind(session).Bind(number))
        {
            if (!delete.Step())
                return null;

            message = delete.Int64(0);
            if (delete.Int64(1) != 0)
                return message;
        }

        database.Statement("DELETE FROM message WHERE id = ?").Bind(message).Run();
        return null;
    }

    /// <summary>Removes the message if nobody is owed it any more.</summary>
    public static void RemoveUnused(SqliteDatabase database, long message) =>
        database.Statement("DELETE FROM message WHERE id = ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = ? AND shared = 1)").Bind(message).Bind(message).Run();

    public static void Receive(SqliteDatabase database, long session, ushort packet) =>
        database.Statement("INSERT OR IGNORE INTO received(session, packet) VALUES(?, ?)").Bind(session).Bind((long)packet).Run();

    public static void Complete(SqliteDatabase database, long session, ushort packet) =>
        database.Statement("DELETE FROM received WHERE session = ? AND packet = ?").Bind(session).Bind((long)packet).Run();

    public static void SetWill(SqliteDatabase database, long session, StoredWill? will)
    {
        if (will is null)
        {
            database.Statement("DELETE FROM will WHERE session = ?").Bind(session).Run();
            return;
        }

        var insert = database.Statement($"INSERT OR REPLACE INTO will(session, at, {MessageColumns.Names}) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
        MessageColumns.Bind(insert.Bind(session).Bind(will.At.UnixMilliseconds), will.Message).Run();
    }

    public static void Retain(SqliteDatabase database, StoredMessage message) =>
        MessageColumns.Bind(database.Statement($"INSERT OR REPLACE INTO retained({MessageColumns.Names}) VALUES(?, ?, ?, ?, ?, ?)"), message).Run();

    public static void RemoveRetained(SqliteDatabase database, ReadOnlySpan<byte> topic) =>
        database.Statement("DELETE FROM retained WHERE topic = ?").Bind(topic).Run();
}
