using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The statements of the changes. Those on a row that is not there change nothing.</summary>
internal static class SessionRows
{
    private static readonly string InsertSession = GuardedTables.Sessions.Insert("INSERT");
    private static readonly string UpdateSession = GuardedTables.Sessions.Update("expiry_seconds", "ended_at");
    private static readonly string InsertDelivery = GuardedTables.Deliveries.Insert("INSERT OR REPLACE");
    private static readonly string SendDelivery = GuardedTables.Deliveries.Update("packet");
    private static readonly string ReleaseDelivery = GuardedTables.Deliveries.Update("released");
    private static readonly string InsertMessage = GuardedTables.Messages.Insert("INSERT OR REPLACE");
    private static readonly string UpsertSubscription = GuardedTables.Subscriptions.Insert("INSERT OR REPLACE");
    private static readonly string InsertReceived = GuardedTables.Received.Insert("INSERT OR IGNORE");
    private static readonly string UpsertWill = GuardedTables.Wills.Insert("INSERT OR REPLACE");
    private static readonly string UpsertRetained = GuardedTables.Retained.Insert("INSERT OR REPLACE");

    private static readonly string[] TablesOfSession = ["delivery", "subscription", "received", "will"];

    public static long? Find(SqliteDatabase database, string client)
    {
        using var select = database.Statement("SELECT id FROM session WHERE client = ?").Bind(client);
        return select.Step() ? select.Int64(0) : null;
    }

    /// <param name="maybeUnused">Gets the messages that other sessions may still be owed.</param>
    /// <returns>Its id.</returns>
    public static long Keep(SqliteDatabase database, SessionChange.Kept kept, HashSet<long> maybeUnused)
    {
        if (FindWhole(database, kept.ClientId, maybeUnused) is { } known)
        {
            database.Statement(UpdateSession).Bind((long)kept.ExpirySeconds).Bind(kept.EndedAt?.UnixMilliseconds).Bind(known).Run();
            return known;
        }

        // As SQLite would number it; given here, so that the number is guarded with the rest.
        var id = database.Number("SELECT ifnull(max(id), 0) + 1 FROM session");
        database.Statement(InsertSession).Guarded().Bind(id).Bind(kept.ClientId).Bind((long)kept.ExpirySeconds).Bind(kept.EndedAt?.UnixMilliseconds).BindChecksum().Run();
        return id;
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

    // One that is not what was written was not taken up, so that nobody knows of what was owed to it: it begins anew.
    private static long? FindWhole(SqliteDatabase database, string client, HashSet<long> maybeUnused)
    {
        long id;
        using (var select = database.Statement($"SELECT id, {GuardedTables.Sessions.IsWhole} FROM session WHERE client = ?").Bind(client))
        {
            if (!select.Step())
                return null;

            id = select.Int64(0);
            if (select.Int64(1) != 0)
                return id;
        }

        End(database, id, maybeUnused);
        return null;
    }

    public static void Subscribe(SqliteDatabase database, long session, StoredSubscription subscription) =>
        database.Statement(UpsertSubscription).Guarded().Bind(session).Bind(subscription.Filter).Bind((long)subscription.Options).Bind((long?)subscription.Identifier).BindChecksum().Run();

    public static void Unsubscribe(SqliteDatabase database, long session, string filter) =>
        database.Statement("DELETE FROM subscription WHERE session = ? AND filter = ?").Bind(session).Bind(filter).Run();

    public static void AddMessage(SqliteDatabase database, long id, StoredMessage message) =>
        MessageColumns.Bind(database.Statement(InsertMessage).Guarded().Bind(id), message).BindChecksum().Run();

    public static void Owe(SqliteDatabase database, long session, StoredDelivery delivery, long message, bool isShared) =>
        SubscriptionIds.Bind(
            database.Statement(InsertDelivery).Guarded().Bind(session).Bind(delivery.Number).Bind(message).Bind(isShared ? 1L : 0L).Bind((long)delivery.QoS).Bind(delivery.Retain ? 1L : 0L).Bind(0L).Bind(0L),
            delivery.SubscriptionIds).BindChecksum().Run();

    public static void Send(SqliteDatabase database, long session, SessionChange.Sent sent) =>
        database.Statement(SendDelivery).Bind((long)sent.PacketId).Bind(session).Bind(sent.Number).Run();

    public static void Release(SqliteDatabase database, long session, SessionChange.Released released) =>
        database.Statement(ReleaseDelivery).Bind(1L).Bind(session).Bind(released.Number).Run();

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
        database.Statement(InsertReceived).Guarded().Bind(session).Bind((long)packet).BindChecksum().Run();

    public static void Complete(SqliteDatabase database, long session, ushort packet) =>
        database.Statement("DELETE FROM received WHERE session = ? AND packet = ?").Bind(session).Bind((long)packet).Run();

    public static void SetWill(SqliteDatabase database, long session, StoredWill? will)
    {
        if (will is null)
        {
            database.Statement("DELETE FROM will WHERE session = ?").Bind(session).Run();
            return;
        }

        MessageColumns.Bind(database.Statement(UpsertWill).Guarded().Bind(session).Bind(will.At.UnixMilliseconds), will.Message).BindChecksum().Run();
    }

    public static void Retain(SqliteDatabase database, StoredMessage message) =>
        MessageColumns.Bind(database.Statement(UpsertRetained).Guarded(), message).BindChecksum().Run();

    public static void RemoveRetained(SqliteDatabase database, ReadOnlySpan<byte> topic) =>
        database.Statement("DELETE FROM retained WHERE topic = ?").Bind(topic).Run();
}
