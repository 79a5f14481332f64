using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry;

/// <summary>A <see cref="MetricValue"/> as the JSON value it came from: number, boolean or string.</summary>
public sealed class MetricValueJsonConverter : JsonConverter<MetricValue>
{
    public override MetricValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number) => MetricValue.Of(number),
        JsonTokenType.True or JsonTokenType.False => MetricValue.Of(reader.GetBoolean()),
        JsonTokenType.String when reader.GetString() is { Length: <= MetricValue.MaxTextLength } text => MetricValue.Of(text),
        _ => throw new JsonException($"A metric's value is a finite number, a boolean, or a text of at most {MetricValue.MaxTextLength} characters."),
    };

    public override void Write(Utf8JsonWriter writer, MetricValue value, JsonSerializerOptions options)
    {
        switch (value.Kind)
        {
            case MetricKind.Number:
                writer.WriteNumberValue(value.Number);
                break;
            case MetricKind.Boolean:
                writer.WriteBooleanValue(value.Boolean);
                break;
            default:
                writer.WriteStringValue(value.Text);
                break;
        }
    }
}
