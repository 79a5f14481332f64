using System.Collections.Immutable;
using System.Text.Json;
using OrleansIot.Application.Documents;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Devices.Types.Expressions;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>Reads a device type's document. All its faults are found at once, so that its writer mends it in one go.</summary>
public sealed class DeviceTypeDocumentReader
{
    private const int MaxNameLength = 128;
    private const int MaxDescriptionLength = 1_024;
    private const int MaxExpressionLength = 1_024;
    private const string MetricRule = "A metric's name has 1 to 128 characters and does not begin with $.";

    // A name given twice would leave it to chance which one counts.
    private static readonly JsonDocumentOptions Strictly = new() { AllowDuplicateProperties = false };

    private readonly List<DocumentFault> _faults = [];

    private DeviceTypeDocumentReader()
    {
    }

    /// <param name="named">The type that the caller spoke of (in the address of a request): the document may leave it out, but not name another.</param>
    public static DeviceTypeDocumentResult Read(ReadOnlyMemory<byte> utf8Json, DeviceTypeId? named = null)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, Strictly);
            return new DeviceTypeDocumentReader().Read(document.RootElement, named);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            return new(null, [new("$", $"is not JSON{place}: {e.Message.Split(" LineNumber")[0]}", "Write one JSON object; no name in it twice.")]);
        }
    }

    private DeviceTypeDocumentResult Read(JsonElement json, DeviceTypeId? named)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return new(null, [new("$", "is not an object.", "Write { \"id\": …, \"metrics\": [ … ] }.")]);

        var fields = new DocumentFields(json, "", _faults);
        fields.AllowOnly("id", "name", "description", "metrics", "derived", "onBreach", "strict", "version");
        var id = ReadId(fields, named);
        var name = fields.Text("name", MaxNameLength);
        var description = fields.Text("description", MaxDescriptionLength);
        var metrics = fields.Objects("metrics", DeviceType.MaxMetrics, "Write { \"name\": \"temperature\", \"unit\": \"C\" }.");
        var derived = fields.Objects("derived", DeviceType.MaxDerived, "Write { \"name\": \"mean\", \"expression\": \"(a + b) / 2\" }.");
        var sent = (metrics ?? []).Select(ReadMetric).ToImmutableArray();
        var computed = (derived ?? []).Select(ReadDerived).ToImmutableArray();
        var policy = fields.Word("onBreach", DeviceTypeWords.Policies);
        var strict = fields.Boolean("strict");
        if (_faults.Count > 0 || id is null)
            return new(null, [.. _faults]);

        var type = new DeviceType(
            id.Value, name ?? id.Value.Value, description, [.. sent.Select(metric => metric!)], [.. computed.Select(metric => metric!)], policy ?? BreachPolicy.Flag, strict ?? false, Version: 0);
        var faults = DeviceTypeRules.Check(type);
        return faults.IsEmpty ? new(type, []) : new(null, [.. faults.Select(fault => new DocumentFault(fault.Path, fault.Problem, fault.Mend))]);
    }

    private static DeviceTypeId? ReadId(DocumentFields fields, DeviceTypeId? named)
    {
        if (fields.Find("id") is not { } value)
        {
            if (named is null)
                fields.Fault("id", "is missing.", "Write what the devices' type names: \"pump\".");

            return named;
        }

        if (value.ValueKind != JsonValueKind.String || !DeviceTypeId.TryParse(value.GetString(), out var id))
            fields.Fault("id", $"is {DocumentFields.Shown(value)}, which is not a device type's id.", $"An id has {DeviceTypeId.Rule}.");
        else if (named is { } expected && id != expected)
            fields.Fault("id", $"is \"{id}\", but the address names \"{expected}\".", "Leave it out, or write the same.");
        else
            return id;

        return null;
    }

    private static MetricSchema? ReadMetric(DocumentFields fields)
    {
        fields.AllowOnly("name", "kind", "unit", "min", "max", "required", "description", "transform");
        var name = ReadName(fields);
        var unit = fields.Text("unit", DeviceType.MaxUnitLength);
        var metric = new MetricSchema(
            name ?? default,
            fields.Word("kind", DeviceTypeWords.Kinds) ?? MetricKind.Number,
            unit,
            fields.Number("min"),
            fields.Number("max"),
            fields.Boolean("required") ?? false,
            fields.Text("description", MaxDescriptionLength),
            ReadTransform(fields, unit));
        return name is null ? null : metric;
    }

    private static UnitTransform? ReadTransform(DocumentFields fields, string? unit)
    {
        if (fields.Object("transform", "Write { \"from\": \"F\" }, or { \"scale\": 0.1, \"offset\": 0 }.") is not { } transform)
            return null;

        transform.AllowOnly("from", "scale", "offset");
        var (from, scale, offset) = (transform.Text("from", DeviceType.MaxUnitLength), transform.Number("scale"), transform.Number("offset"));
        if (from is null)
        {
            if (scale == 0)
                transform.Fault("scale", "is 0, which makes every value the same.", "Write another number.");

            return new UnitTransform(null, scale ?? 1, offset ?? 0);
        }

        if ((scale ?? offset) is not null)
            transform.Fault("from", "is given beside scale or offset.", "Write either.");
        else if (unit is null)
            transform.Fault("from", "is given, but the metric has no unit.", "Write the unit that values are to be kept in.");
        else if (UnitTransform.Between(from, unit) is { } known)
            return known;
        else
            transform.Fault("from", $"is \"{from}\", and no conversion from it to \"{unit}\" is known.", $"Write scale and offset; or one of {string.Join(", ", Units.Names.Order(StringComparer.Ordinal))}.");

        return null;
    }

    private static DerivedMetric? ReadDerived(DocumentFields fields)
    {
        fields.AllowOnly("name", "expression", "unit", "description");
        var name = ReadName(fields);
        var text = fields.Text("expression", MaxExpressionLength);
        Expression? expression = null;
        if (fields.Find("expression") is null)
            fields.Fault("expression", "is missing.", "Write it as \"(a + b) / 2\".");
        else if (text is not null && !Expression.TryParse(text, out expression, out var fault))
            fields.Fault("expression", fault.Problem, fault.Mend);

        var (unit, description) = (fields.Text("unit", DeviceType.MaxUnitLength), fields.Text("description", MaxDescriptionLength));
        return name is null || text is null || expression is null ? null : new DerivedMetric(name.Value, text, unit, description);
    }

    private static MetricName? ReadName(DocumentFields fields)
    {
        var text = fields.Text("name", MetricName.MaxLength);
        if (MetricName.TryParse(text, out var name))
            return name;

        if (fields.Find("name") is null)
            fields.Fault("name", "is missing.", MetricRule);
        else if (text is not null)
            fields.Fault("name", $"is \"{text}\", which is no name of a metric.", MetricRule);

        return null;
    }
}
