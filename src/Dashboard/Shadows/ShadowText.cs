using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Dashboard.Shadows;

/// <summary>A part of a shadow's state as people read and type it.</summary>
internal static class ShadowText
{
    // For text nodes and text fields of a page, which Blazor escapes itself.
    private static readonly JsonWriterOptions SetOut = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Set out over several lines; <c>{}</c> where there is nothing.</summary>
    public static string Of(ShadowNode? node)
    {
        if (node is null)
            return "{}";

        using var document = JsonDocument.Parse(ShadowJson.ToBytes(node), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        using var target = new MemoryStream();
        using (var writer = new Utf8JsonWriter(target, SetOut))
            document.WriteTo(writer);

        return Encoding.UTF8.GetString(target.GetBuffer().AsSpan(0, (int)target.Length)).ReplaceLineEndings("\n");
    }

    /// <summary>In one line.</summary>
    public static string Compact(ShadowNode node) => Encoding.UTF8.GetString(ShadowJson.ToBytes(node));
}
