using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansIot.Domain.Shadows;

/// <summary>The state of a shadow as JSON, in the one spelling in which it is kept: compact, and with no escape that is not needed.</summary>
public static class ShadowJson
{
    // JsonElement.DeepEquals refuses exponents beyond an int; no measured value has one of five digits.
    private const int MaxExponentDigits = 4;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (char)i), '"', '\\']);

    public static Utf8JsonWriter Writer(IBufferWriter<byte> target) => new(target, Compact);

    /// <summary>Reads a section.</summary>
    /// <param name="fault">What is wrong; null where the node was read.</param>
    public static ShadowNode? Read(JsonElement element, int maxDepth, out ShadowFault? fault)
    {
        fault = null;
        return Read(element, 0, maxDepth, ref fault);
    }

    /// <summary>What <see cref="ToBytes"/> made, without a bound of depth: it had passed one.</summary>
    public static ShadowNode? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var node = Read(document.RootElement, int.MaxValue, out var fault);
        return fault is null ? node : throw new FormatException($"A stored shadow cannot be read: {fault.Message}.");
    }

    public static void Write(Utf8JsonWriter writer, ShadowNode node)
    {
        if (node is ShadowNode.Leaf leaf)
        {
            writer.WriteRawValue(leaf.Json, skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in ((ShadowNode.Branch)node).Members)
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    public static byte[] ToBytes(ShadowNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = Writer(buffer);
        Write(writer, node);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The tree again, with each value replaced by when it was written.</summary>
    /// <param name="at">Instead of what the leaves say: those of a request say nothing.</param>
    public static void WriteMetadata(Utf8JsonWriter writer, ShadowNode node, long? at = null)
    {
        if (node is ShadowNode.Leaf leaf)
        {
            if (leaf.IsArray)
                WriteArrayMetadata(writer, leaf.Json, at ?? leaf.WrittenAt);
            else
                WriteTimestamp(writer, at ?? leaf.WrittenAt);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in ((ShadowNode.Branch)node).Members)
        {
            writer.WritePropertyName(member.Name);
            WriteMetadata(writer, member.Value, at);
        }

        writer.WriteEndObject();
    }

    /// <summary>The tree again, with each value replaced by who asked for it.</summary>
    public static void WriteAuthors(Utf8JsonWriter writer, ShadowNode node)
    {
        if (node is ShadowNode.Leaf leaf)
        {
            writer.WriteStringValue(leaf.Author);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in ((ShadowNode.Branch)node).Members)
        {
            writer.WritePropertyName(member.Name);
            WriteAuthors(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    /// <summary>What a text takes, with its quotes.</summary>
    public static int SizeOfText(string text)
    {
        var size = 2 + Encoding.UTF8.GetByteCount(text);
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Escaped); at >= 0; at = rest.IndexOfAny(Escaped))
        {
            size += Escape(rest[at]).Length - 1;
            rest = rest[(at + 1)..];
        }

        return size;
    }

    private static ShadowNode? Read(JsonElement element, int level, int maxDepth, ref ShadowFault? fault)
    {
        if (level > maxDepth)
        {
            // Told before what else may be wrong with a value; that would be found deeper down, where nobody looks.
            fault ??= ShadowFault.TooDeep(maxDepth);
            return null;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return ReadBranch(element, level, maxDepth, ref fault);
            case JsonValueKind.Null:
                return ShadowNode.Leaf.Null;
            default:
                var text = new ArrayBufferWriter<byte>(32);
                WriteCompact(text, element, level, maxDepth, ref fault);
                return fault is null ? new ShadowNode.Leaf(text.WrittenSpan.ToArray(), 0, null) : null;
        }
    }

    private static ShadowNode.Branch? ReadBranch(JsonElement element, int level, int maxDepth, ref ShadowFault? fault)
    {
        var members = new List<ShadowMember>();
        var isSorted = true;
        foreach (var property in element.EnumerateObject())
        {
            if (!TryName(property, out var name))
            {
                fault = ShadowFault.InvalidJson;
                return null;
            }

            if (Read(property.Value, level + 1, maxDepth, ref fault) is not { } value)
                return null;

            isSorted &= members.Count == 0 || string.CompareOrdinal(members[^1].Name, name) < 0;
            members.Add(new ShadowMember(name, value));
        }

        return new ShadowNode.Branch(isSorted ? [.. members] : Sorted(members));
    }

    // Of a name that comes twice the last one counts, as in most readers of JSON.
    private static ImmutableArray<ShadowMember> Sorted(List<ShadowMember> members)
    {
        var last = new Dictionary<string, ShadowNode>(StringComparer.Ordinal);
        foreach (var member in members)
            last[member.Name] = member.Value;

        return [.. last.Select(member => new ShadowMember(member.Key, member.Value)).OrderBy(member => member.Name, StringComparer.Ordinal)];
    }

    private static void WriteCompact(ArrayBufferWriter<byte> target, JsonElement element, int level, int maxDepth, ref ShadowFault? fault)
    {
        if (level > maxDepth)
            fault ??= ShadowFault.TooDeep(maxDepth);
        if (fault is not null)
            return;

        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                var separator = "["u8;
                foreach (var item in element.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Null)
                    {
                        fault ??= ShadowFault.InvalidNode;
                        return;
                    }

                    target.Write(separator);
                    WriteCompact(target, item, level + 1, maxDepth, ref fault);
                    separator = ","u8;
                }

                target.Write(separator[0] == '[' ? "[]"u8 : "]"u8);
                break;

            case JsonValueKind.Object:
                var comma = "{"u8;
                foreach (var property in element.EnumerateObject())
                {
                    if (!TryName(property, out var name))
                    {
                        fault = ShadowFault.InvalidJson;
                        return;
                    }

                    target.Write(comma);
                    WriteText(target, name);
                    target.Write(":"u8);
                    WriteCompact(target, property.Value, level + 1, maxDepth, ref fault);
                    comma = ","u8;
                }

                target.Write(comma[0] == '{' ? "{}"u8 : "}"u8);
                break;

            case JsonValueKind.String:
                WriteString(target, element, ref fault);
                break;

            default:
                var raw = JsonMarshal.GetRawUtf8Value(element);
                var exponent = raw.LastIndexOfAny((byte)'e', (byte)'E');
                if (element.ValueKind == JsonValueKind.Number && exponent >= 0 && raw.Length - exponent > MaxExponentDigits + 2)
                    fault ??= ShadowFault.InvalidNode;
                target.Write(raw);
                break;
        }
    }

    private static void WriteString(ArrayBufferWriter<byte> target, JsonElement element, ref ShadowFault? fault)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        if (!raw.Contains((byte)'\\'))
            target.Write(raw);
        else if (TryText(() => element.GetString()!, out var text))
            WriteText(target, text);
        else
            fault ??= ShadowFault.InvalidJson;
    }

    private static bool TryName(JsonProperty property, out string name) => TryText(() => property.Name, out name);

    // Half a surrogate pair, escaped, passes the JSON reader and is found only when the text is asked for.
    private static bool TryText(Func<string> read, out string text)
    {
        try
        {
            text = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> target, string text)
    {
        target.Write("\""u8);
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Escaped); at >= 0; at = rest.IndexOfAny(Escaped))
        {
            Encoding.UTF8.GetBytes(rest[..at], target);
            Encoding.UTF8.GetBytes(Escape(rest[at]), target);
            rest = rest[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, target);
        target.Write("\""u8);
    }

    private static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)character:x4}",
    };

    private static void WriteTimestamp(Utf8JsonWriter writer, long at)
    {
        writer.WriteStartObject();
        writer.WriteNumber("timestamp"u8, at);
        writer.WriteEndObject();
    }

    // The shape of the array, with each element's time for the element: they were all written when the array was.
    private static void WriteArrayMetadata(Utf8JsonWriter writer, ReadOnlySpan<byte> json, long at)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.PropertyName:
                    writer.WritePropertyName(reader.GetString()!);
                    break;
                default:
                    WriteTimestamp(writer, at);
                    break;
            }
        }
    }
}
