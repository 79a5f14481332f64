using System.Globalization;
using Amazon.DynamoDBv2.Model;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>Attributes as the types that we use.</summary>
internal static class AttributeExtensions
{
    public static AttributeValue Of(string value) => new() { S = value };

    public static AttributeValue Of(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static AttributeValue Of(byte[] value) => new() { B = new MemoryStream(value) };

    public static Item Key(string partition, string sort) => new() { [Names.Partition] = Of(partition), [Names.Sort] = Of(sort) };

    public static string Text(this Item item, string name) => item.OptionalText(name) ?? throw Missing(item, name);

    public static string? OptionalText(this Item item, string name) => item.TryGetValue(name, out var value) ? value.S : null;

    public static long Number(this Item item, string name) => item.OptionalNumber(name) ?? throw Missing(item, name);

    public static long? OptionalNumber(this Item item, string name) =>
        item.TryGetValue(name, out var value) && value.N is { } number ? long.Parse(number, CultureInfo.InvariantCulture) : null;

    public static byte[] Bytes(this Item item, string name) => item.TryGetValue(name, out var value) && value.B is { } bytes ? bytes.ToArray() : throw Missing(item, name);

    public static string Partition(this Item item) => item.Text(Names.Partition);

    public static string Sort(this Item item) => item.Text(Names.Sort);

    private static InvalidDataException Missing(Item item, string name) =>
        new($"The stored item {item.OptionalText(Names.Partition)} / {item.OptionalText(Names.Sort)} has no '{name}' of the expected type.");
}
