using System.Security.Cryptography;
using System.Text;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>Where things are: all of a session in one partition, shared and retained messages in one each.</summary>
internal static class SessionKeys
{
    public const string MetaPartition = "meta";
    public const string LastNumberSort = "last-number";

    public const string TermsSort = "session";
    public const string WillSort = "will";
    public const string SharedSort = "shared";
    public const string RetainedSort = "retained";
    public const string OwedPrefix = "owed#";
    public const string FilterPrefix = "filter";
    public const string ReceivedPrefix = "received#";

    // A partition's key may have 2,048 bytes and a sort key 1,024; a client identifier or a filter may have 65,535.
    private const int MostBytes = 900;

    public static string PartitionOf(string client) => $"client{Short(client)}";

    public static string OfRetained(ReadOnlySpan<byte> topic) => $"retained{Short(Encoding.UTF8.GetString(topic))}";

    public static string OfShared(long message) => $"message#{Sortable.Of(message)}";

    public static string Owed(long number) => OwedPrefix + Sortable.Of(number);

    public static string Filter(string filter) => FilterPrefix + Short(filter);

    public static string Received(ushort packet) => $"{ReceivedPrefix}{packet:D5}";

    // Readable where it can be; the whole text is an attribute besides.
    private static string Short(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MostBytes ? $"={text}" : $"#{Convert.ToHexString(SHA256.HashData(bytes))}";
    }
}
