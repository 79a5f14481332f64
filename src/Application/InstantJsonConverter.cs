using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Domain;

namespace OrleansIot.Application;

/// <summary>An <see cref="Instant"/> as everything outside sees it: ISO 8601, UTC, with milliseconds.</summary>
public sealed class InstantJsonConverter : JsonConverter<Instant>
{
    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Instant.From(DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
