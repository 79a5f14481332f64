using System.Globalization;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Journal;

/// <summary>
/// One append as it is stored: key (device and day, version of the first event), number of events, body, and the token by which
/// the append knows it for its own. The body: format version (1 byte), length of the events (4 bytes), the events, the table of
/// their metric names.
/// </summary>
/// <remarks>
/// The key makes the conflict: two owners that append after the same version write the same item, and one is refused. Where
/// the log of a device goes on in the partition of a later day, a seal is left at the version with which it does so, and holds
/// whoever still writes to the old partition.
/// </remarks>
internal sealed record LogItem(long FirstVersion, int Count, byte[] Body, string Token, DateOnly? Previous)
{
    private const byte FormatVersion = 1;
    private const int HeaderLength = 5;

    private const string Number = "n";
    private const string TokenName = "t";
    private const string PreviousName = "p";
    private const string SealedName = "s";

    public long LastVersion => FirstVersion + Count - 1;

    public static string PartitionOf(DeviceId device, DateOnly day) => $"{device.Value}#{Sortable.Of(day)}";

    public static byte[] Encode(ReadOnlySpan<TwinEvent> events)
    {
        var names = new MetricNameTable();
        var buffer = new ByteBuffer(512);
        var writer = new FieldWriter(buffer);
        writer.WriteByte(FormatVersion);
        writer.WriteFixed32(0);
        foreach (var twinEvent in events)
            TwinEventCodec.Write(ref writer, twinEvent, names);

        writer.Complete();
        buffer.Overwrite32(1, (uint)(buffer.Length - HeaderLength));
        names.Write(ref writer);
        writer.Complete();
        return buffer.Written.ToArray();
    }

    public TwinEvent[] Events()
    {
        if (Body is not [FormatVersion, ..])
            throw new InvalidDataException($"An item of the event log has a format version that this release does not know.");

        var header = new FieldReader(Body.AsSpan(1));
        var length = (int)header.ReadFixed32();
        var namesReader = new FieldReader(Body.AsSpan(HeaderLength + length));
        var names = MetricNameTable.Read(ref namesReader);
        var reader = new FieldReader(Body.AsSpan(HeaderLength, length));
        var events = new TwinEvent[Count];
        for (var i = 0; i < events.Length; i++)
            events[i] = TwinEventCodec.Read(ref reader, names);

        return events;
    }

    public Item ToItem(DeviceId device, DateOnly day, Instant expires)
    {
        var item = AttributeExtensions.Key(PartitionOf(device, day), Sortable.Of(FirstVersion));
        item[Number] = AttributeExtensions.Of(Count);
        item[Names.Body] = AttributeExtensions.Of(Body);
        item[TokenName] = AttributeExtensions.Of(Token);
        item[Names.Expires] = AttributeExtensions.Of(expires.UnixMilliseconds / 1_000);
        if (Previous is { } previous)
            item[PreviousName] = AttributeExtensions.Of(Sortable.Of(previous));

        return item;
    }

    public static Item Seal(DeviceId device, DateOnly day, long version, Instant expires)
    {
        var item = AttributeExtensions.Key(PartitionOf(device, day), Sortable.Of(version));
        item[SealedName] = AttributeExtensions.Of(1);
        item[Names.Expires] = AttributeExtensions.Of(expires.UnixMilliseconds / 1_000);
        return item;
    }

    public static bool IsSeal(Item item) => item.ContainsKey(SealedName);

    public static string? TokenOf(Item item) => item.OptionalText(TokenName);

    public static LogItem Read(Item item) => new(
        Sortable.ToVersion(item.Sort()),
        (int)item.Number(Number),
        item.Bytes(Names.Body),
        item.Text(TokenName),
        item.OptionalText(PreviousName) is { } previous ? DateOnly.ParseExact(previous, "yyyyMMdd", CultureInfo.InvariantCulture) : null);
}
