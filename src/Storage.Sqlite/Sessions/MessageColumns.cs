using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The columns that every table with a message in it has.</summary>
internal static class MessageColumns
{
    public const string Names = "topic, properties, payload, qos, retain, expires_at";
    public const int Count = 6;

    public static SqliteStatement Bind(SqliteStatement statement, StoredMessage message) => statement
        .Bind(message.Topic.Span).Bind(message.Properties.Span).Bind(message.Payload.Span).Bind((long)message.QoS).Bind(message.Retain ? 1L : 0L)
        .Bind(message.ExpiresAt?.UnixMilliseconds);

    /// <summary>From the first columns of the row.</summary>
    public static StoredMessage Read(SqliteStatement row) => new(
        row.Blob(0).ToArray(), row.Blob(1).ToArray(), row.Blob(2).ToArray(), (byte)row.Int64(3), row.Int64(4) != 0, row.OptionalInt64(5) is { } at ? new Instant(at) : null);
}
