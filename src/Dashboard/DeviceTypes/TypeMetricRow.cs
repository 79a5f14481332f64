using System.Text.Json;
using OrleansIot.Application.DeviceTypes;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A metric of a device type, as it is typed.</summary>
public sealed class TypeMetricRow
{
    public string Name { get; set; } = "";

    /// <summary>A word of the type's document: <c>number</c>, <c>boolean</c>, <c>text</c>.</summary>
    public string Kind { get; set; } = "number";

    public string Unit { get; set; } = "";

    public string Min { get; set; } = "";

    public string Max { get; set; } = "";

    public bool Required { get; set; }

    /// <summary>The unit that devices send in.</summary>
    public string From { get; set; } = "";

    public string Scale { get; set; } = "";

    public string Offset { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>Whether what most metrics do not need lies open: the conversion and the description.</summary>
    public bool ShowsMore { get; set; }

    public RowMends Mends { get; } = new();

    public bool IsBlank => Texts.All(string.IsNullOrWhiteSpace) && !Required;

    /// <summary>Whether <see cref="ShowsMore"/> can be put away: what is typed is not hidden.</summary>
    public bool CanShowLess => new[] { From, Scale, Offset, Description }.All(string.IsNullOrWhiteSpace);

    private IEnumerable<string> Texts => [Name, Unit, Min, Max, From, Scale, Offset, Description];

    public static TypeMetricRow Of(DeviceTypeMetricDocument metric) => new()
    {
        Name = metric.Name,
        Kind = metric.Kind ?? "number",
        Unit = metric.Unit ?? "",
        Min = TypedJson.Text(metric.Min),
        Max = TypedJson.Text(metric.Max),
        Required = metric.Required ?? false,
        From = metric.Transform?.From ?? "",
        Scale = TypedJson.Text(metric.Transform?.Scale),
        Offset = TypedJson.Text(metric.Transform?.Offset),
        Description = metric.Description ?? "",
        ShowsMore = metric.Transform is not null || metric.Description is not null,
    };

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteTyped("name", Name);
        json.WriteString("kind", Kind);
        json.WriteTyped("unit", Unit);
        json.WriteTypedNumber("min", Min);
        json.WriteTypedNumber("max", Max);
        json.WriteBoolean("required", Required);
        json.WriteTyped("description", Description);
        if (new[] { From, Scale, Offset }.Any(text => !string.IsNullOrWhiteSpace(text)))
        {
            json.WriteStartObject("transform");
            json.WriteTyped("from", From);
            json.WriteTypedNumber("scale", Scale);
            json.WriteTypedNumber("offset", Offset);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
