using System.Globalization;
using System.Text.Json;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>What is typed into fields, as the document that the API takes: one reader judges both, so both are told the same.</summary>
internal static class TypedJson
{
    public static string Text(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Left out where nothing is typed.</summary>
    public static void WriteTyped(this Utf8JsonWriter json, string field, string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
            json.WriteString(field, text.Trim());
    }

    /// <summary>What is no number goes along as the text that it is, and is found wanting.</summary>
    public static void WriteTypedNumber(this Utf8JsonWriter json, string field, string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            json.WriteNumber(field, number);
        else
            json.WriteTyped(field, text);
    }
}
