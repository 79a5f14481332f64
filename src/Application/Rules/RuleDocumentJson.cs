using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Application.Telemetry;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>Rule documents as JSON text.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(MetricValueJsonConverter)])]
[JsonSerializable(typeof(RuleDocument))]
public sealed partial class RuleDocumentJson : JsonSerializerContext
{
    public static string Write(Rule rule) => JsonSerializer.Serialize(Rules.RuleDocument.Of(rule), Default.RuleDocument);
}
