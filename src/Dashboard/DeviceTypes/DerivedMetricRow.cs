using System.Text.Json;
using OrleansIot.Application.DeviceTypes;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A metric that is computed, as it is typed.</summary>
public sealed class DerivedMetricRow
{
    public string Name { get; set; } = "";

    public string Expression { get; set; } = "";

    public string Unit { get; set; } = "";

    public string Description { get; set; } = "";

    public RowMends Mends { get; } = new();

    public bool IsBlank => new[] { Name, Expression, Unit, Description }.All(string.IsNullOrWhiteSpace);

    public static DerivedMetricRow Of(DerivedMetricDocument metric) =>
        new() { Name = metric.Name, Expression = metric.Expression, Unit = metric.Unit ?? "", Description = metric.Description ?? "" };

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteTyped("name", Name);
        json.WriteTyped("expression", Expression);
        json.WriteTyped("unit", Unit);
        json.WriteTyped("description", Description);
        json.WriteEndObject();
    }
}
