using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>A payload for people: JSON set out, other text as it is, bytes that are no text in hexadecimal.</summary>
internal static class PayloadText
{
    public const int MaxBytes = 16 * 1024;

    private const int BytesPerLine = 16;

    // For a text node of a page, which Blazor escapes itself: "°" may stay "°".
    private static readonly JsonWriterOptions SetOut = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
            return "(empty)";

        var shown = payload.Length > MaxBytes ? payload[..MaxBytes] : payload;
        var text = Json(payload) ?? Text(payload) ?? Hexadecimal(shown.Span);
        return text.Length > MaxBytes * 2 ? text[..(MaxBytes * 2)] + "\n…" : text;
    }

    private static string? Json(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            using var target = new MemoryStream();
            using (var writer = new Utf8JsonWriter(target, SetOut))
                document.WriteTo(writer);

            return Encoding.UTF8.GetString(target.GetBuffer().AsSpan(0, (int)target.Length));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var text = Strict.GetString(payload.Span);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Hexadecimal(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        for (var i = 0; i < bytes.Length; i++)
            text.Append(i == 0 ? "" : i % BytesPerLine == 0 ? "\n" : " ").Append(bytes[i].ToString("x2"));

        return text.ToString();
    }
}
