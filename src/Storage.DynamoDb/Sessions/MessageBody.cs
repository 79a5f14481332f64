using System.Buffers;
using System.Buffers.Binary;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>A message as bytes, and the items that they take: one, and further ones where it is larger than an item may be.</summary>
internal static class MessageBody
{
    /// <summary>On further items only: which one it is.</summary>
    public const string PartNumber = "p";

    private const string PartCount = "n";

    // An item may have 400 KB. The same bytes also go through the redo log, with their keys and names.
    private const int PartBytes = 340 * 1_024;

    private const byte FormatVersion = 1;
    private const int HeaderBytes = 4 + sizeof(long) + (2 * sizeof(int));

    public static byte[] Encode(StoredMessage message)
    {
        var bytes = new byte[HeaderBytes + message.Topic.Length + message.Properties.Length + message.Payload.Length];
        bytes[0] = FormatVersion;
        bytes[1] = message.QoS;
        bytes[2] = message.Retain ? (byte)1 : (byte)0;
        bytes[3] = message.ExpiresAt is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), message.ExpiresAt?.UnixMilliseconds ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), message.Topic.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), message.Properties.Length);
        message.Topic.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        message.Properties.Span.CopyTo(bytes.AsSpan(HeaderBytes + message.Topic.Length));
        message.Payload.Span.CopyTo(bytes.AsSpan(HeaderBytes + message.Topic.Length + message.Properties.Length));
        return bytes;
    }

    public static StoredMessage Decode(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != FormatVersion)
            throw new InvalidDataException("A stored message is damaged, or was written by a newer release.");

        var topic = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        var properties = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16));
        Instant? expiresAt = bytes[3] == 0 ? null : new Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(4)));
        var rest = bytes.AsMemory(HeaderBytes);
        return new StoredMessage(rest[..topic], rest.Slice(topic, properties), rest[(topic + properties)..], bytes[1], bytes[2] != 0, expiresAt);
    }

    /// <summary>The item with the message in it, then those with the rest of it.</summary>
    public static IReadOnlyList<Item> ToItems(Item item, StoredMessage message)
    {
        byte[][] parts = [.. Encode(message).Chunk(PartBytes)];
        item[Names.Body] = AttributeExtensions.Of(parts[0]);
        if (parts.Length == 1)
            return [item];

        item[PartCount] = AttributeExtensions.Of(parts.Length);
        return [item, .. parts.Skip(1).Select((part, i) => Part(item, i + 1, part))];
    }

    /// <summary>How many items the message takes, this one included.</summary>
    public static int PartsOf(Item item) => (int)(item.OptionalNumber(PartCount) ?? 1);

    public static string PartSort(string sort, int part) => $"{sort}~{part:D4}";

    /// <param name="part">Finds the further items by their keys.</param>
    public static StoredMessage Read(Item item, Func<(string Partition, string Sort), Item> part)
    {
        var bytes = new ArrayBufferWriter<byte>(PartBytes * PartsOf(item));
        bytes.Write(item.Bytes(Names.Body));
        for (var i = 1; i < PartsOf(item); i++)
            bytes.Write(part((item.Partition(), PartSort(item.Sort(), i))).Bytes(Names.Body));

        return Decode(bytes.WrittenSpan.ToArray());
    }

    private static Item Part(Item item, int number, byte[] bytes)
    {
        var part = AttributeExtensions.Key(item.Partition(), PartSort(item.Sort(), number));
        part[PartNumber] = AttributeExtensions.Of(number);
        part[Names.Body] = AttributeExtensions.Of(bytes);
        return part;
    }
}
