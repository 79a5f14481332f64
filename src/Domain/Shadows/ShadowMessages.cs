using System.Buffers;
using System.Text.Json;

namespace OrleansIot.Domain.Shadows;

/// <summary>What is said about a shadow, as UTF-8 JSON, in the words of AWS IoT.</summary>
public static class ShadowMessages
{
    /// <summary>The answer to an update: what it asked for and nothing else.</summary>
    public static byte[] Accepted(ShadowPatch patch, long version, Instant at, string? clientToken) => Write(writer =>
    {
        var seconds = Shadow.Seconds(at);
        if (patch.IsNull)
        {
            writer.WriteNull("state"u8);
        }
        else
        {
            writer.WriteStartObject("state"u8);
            WriteSection(writer, "desired"u8, patch.Desired);
            WriteSection(writer, "reported"u8, patch.Reported);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("metadata"u8);
        if (!patch.IsNull)
        {
            WriteSectionMetadata(writer, "desired"u8, patch.Desired, seconds);
            WriteSectionMetadata(writer, "reported"u8, patch.Reported, seconds);
        }

        writer.WriteEndObject();
        writer.WriteNumber("version"u8, version);
        WriteEnd(writer, at, clientToken);
    });

    /// <summary>What is desired and not reported.</summary>
    public static byte[] Delta(ShadowNode.Branch delta, long version, Instant at, string? clientToken) => Write(writer =>
    {
        writer.WriteNumber("version"u8, version);
        writer.WriteNumber("timestamp"u8, Shadow.Seconds(at));
        WriteSection(writer, "state"u8, delta);
        WriteSectionMetadata(writer, "metadata"u8, delta);
        WriteClientToken(writer, clientToken);
    });

    /// <summary>The shadow before and after an update.</summary>
    /// <param name="previous">Null: there was none.</param>
    public static byte[] Documents(Shadow? previous, Shadow current, Instant at, string? clientToken) => Write(writer =>
    {
        if (previous is { Exists: true })
            WriteDocument(writer, "previous"u8, previous);
        else
            writer.WriteNull("previous"u8);
        WriteDocument(writer, "current"u8, current);
        WriteEnd(writer, at, clientToken);
    });

    /// <summary>The whole shadow, with what is desired and not reported.</summary>
    /// <param name="withAuthors">Who asked for each thing desired: ours, AWS IoT does not know.</param>
    public static byte[] Document(Shadow shadow, Instant at, string? clientToken, bool withDeltaMetadata = false, bool withAuthors = false) => Write(writer =>
    {
        var delta = shadow.Delta;
        writer.WriteStartObject("state"u8);
        WriteSection(writer, "desired"u8, shadow.Desired);
        WriteSection(writer, "reported"u8, shadow.Reported);
        WriteSection(writer, "delta"u8, delta);
        writer.WriteEndObject();
        writer.WriteStartObject("metadata"u8);
        WriteSectionMetadata(writer, "desired"u8, shadow.Desired);
        WriteSectionMetadata(writer, "reported"u8, shadow.Reported);
        if (withDeltaMetadata)
            WriteSectionMetadata(writer, "delta"u8, delta);
        writer.WriteEndObject();
        if (withAuthors && shadow.Desired is { } desired)
        {
            writer.WritePropertyName("desiredBy"u8);
            ShadowJson.WriteAuthors(writer, desired);
        }

        writer.WriteNumber("version"u8, shadow.Version);
        WriteEnd(writer, at, clientToken);
    });

    public static byte[] Deleted(long version, Instant at, string? clientToken) => Write(writer =>
    {
        writer.WriteNumber("version"u8, version);
        WriteEnd(writer, at, clientToken);
    });

    public static byte[] Rejected(int status, string message, Instant at, string? clientToken) => Write(writer =>
    {
        writer.WriteNumber("code"u8, status);
        writer.WriteString("message"u8, message);
        WriteEnd(writer, at, clientToken);
    });

    private static byte[] Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = ShadowJson.Writer(buffer);
        writer.WriteStartObject();
        body(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteDocument(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Shadow shadow)
    {
        writer.WriteStartObject(name);
        writer.WriteStartObject("state"u8);
        WriteSection(writer, "desired"u8, shadow.Desired);
        WriteSection(writer, "reported"u8, shadow.Reported);
        writer.WriteEndObject();
        writer.WriteStartObject("metadata"u8);
        WriteSectionMetadata(writer, "desired"u8, shadow.Desired);
        WriteSectionMetadata(writer, "reported"u8, shadow.Reported);
        writer.WriteEndObject();
        writer.WriteNumber("version"u8, shadow.Version);
        writer.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ShadowNode? section)
    {
        if (section is null)
            return;

        writer.WritePropertyName(name);
        ShadowJson.Write(writer, section);
    }

    private static void WriteSectionMetadata(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ShadowNode? section, long? at = null)
    {
        if (section is null)
            return;

        writer.WritePropertyName(name);
        ShadowJson.WriteMetadata(writer, section, at);
    }

    private static void WriteEnd(Utf8JsonWriter writer, Instant at, string? clientToken)
    {
        writer.WriteNumber("timestamp"u8, Shadow.Seconds(at));
        WriteClientToken(writer, clientToken);
    }

    private static void WriteClientToken(Utf8JsonWriter writer, string? clientToken)
    {
        if (clientToken is not null)
            writer.WriteString("clientToken"u8, clientToken);
    }
}
