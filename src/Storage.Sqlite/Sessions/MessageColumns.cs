using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The columns that every table with a message in it has: topic, properties, payload, qos, retain and expires_at.</summary>
internal static class MessageColumns
{
    public const int Count = 6;

    public static SqliteStatement Bind(SqliteStatement statement, StoredMessage message) => statement
        .Bind(message.Topic.Span).Bind(message.Properties.Span).Bind(message.Payload.Span).Bind((long)message.QoS).Bind(message.Retain ? 1L : 0L)
        .Bind(message.ExpiresAt?.UnixMilliseconds);

    public static StoredMessage Read(SqliteStatement row, int first = 0) => new(
        row.Blob(first).ToArray(), row.Blob(first + 1).ToArray(), row.Blob(first + 2).ToArray(), (byte)row.Int64(first + 3), row.Int64(first + 4) != 0,
        row.OptionalInt64(first + 5) is { } at ? new Instant(at) : null);
}
