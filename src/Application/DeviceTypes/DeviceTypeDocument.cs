using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>A device type as integrators read and write it. <see cref="DeviceTypeDocumentReader"/> reads one, naming every fault.</summary>
public sealed record DeviceTypeDocument
{
    /// <summary>Stable code of the answer to a document with faults.</summary>
    public const string InvalidCode = "device-type.invalid";

    /// <summary>1 to 128 of the characters a-z A-Z 0-9 : _ - ; what a device's <c>type</c> names, letter case apart.</summary>
    public required string Id { get; init; }

    /// <summary>For people. The id where it is left out.</summary>
    public string? Name { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>What devices of the type send. At most 200.</summary>
    public IReadOnlyList<DeviceTypeMetricDocument>? Metrics { get; init; }

    /// <summary>What is computed from that. At most 50.</summary>
    public IReadOnlyList<DerivedMetricDocument>? Derived { get; init; }

    /// <summary><c>flag</c> (default): what breaks the schema is stored and marked. <c>refuse</c>: it is not taken.</summary>
    public string? OnBreach { get; init; }

    /// <summary>Whether a metric that is not named here breaks the schema. Default false.</summary>
    public bool? Strict { get; init; }

    /// <summary>1 for the first definition, one more with each change. Set by the platform; what is written here is passed over.</summary>
    public long? Version { get; init; }

    public static DeviceTypeDocument Of(DeviceType type) => new()
    {
        Id = type.Id.Value,
        Name = type.Name,
        Description = type.Description,
        Metrics = [.. type.Metrics.Select(DeviceTypeMetricDocument.Of)],
        Derived = [.. type.Derived.Select(DerivedMetricDocument.Of)],
        OnBreach = DeviceTypeWords.Of(type.OnBreach),
        Strict = type.Strict,
        Version = type.Version,
    };
}

/// <summary>A metric that devices of a type send.</summary>
public sealed record DeviceTypeMetricDocument
{
    public required string Name { get; init; }

    /// <summary><c>number</c> (default), <c>boolean</c> or <c>text</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Of the value as it is kept and shown. Any text; between known ones values are converted.</summary>
    public string? Unit { get; init; }

    /// <summary>The least that is believed, in <c>unit</c>.</summary>
    public double? Min { get; init; }

    /// <summary>The most that is believed, in <c>unit</c>.</summary>
    public double? Max { get; init; }

    /// <summary>Whether every reading has it. Default false.</summary>
    public bool? Required { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    public UnitTransformDocument? Transform { get; init; }

    internal static DeviceTypeMetricDocument Of(MetricSchema metric) => new()
    {
        Name = metric.Name.Value,
        Kind = DeviceTypeWords.Of(metric.Kind),
        Unit = metric.Unit,
        Min = metric.Min,
        Max = metric.Max,
        Required = metric.Required,
        Description = metric.Description,
        Transform = metric.Transform is { } transform ? UnitTransformDocument.Of(transform) : null,
    };
}

/// <summary>From what the device sends to what is kept: by its unit, or by two numbers.</summary>
public sealed record UnitTransformDocument
{
    /// <summary>The unit that the device sends in: <c>F</c> where <c>unit</c> is <c>C</c>. Instead of the other two.</summary>
    public string? From { get; init; }

    /// <summary>What was sent is multiplied by this. Default 1.</summary>
    public double? Scale { get; init; }

    /// <summary>Then this is added. Default 0.</summary>
    public double? Offset { get; init; }

    internal static UnitTransformDocument Of(UnitTransform transform) =>
        transform.From is { } from ? new() { From = from } : new() { Scale = transform.Scale, Offset = transform.Offset };
}

/// <summary>A metric that is computed on arrival.</summary>
public sealed record DerivedMetricDocument
{
    public required string Name { get; init; }

    /// <summary><c>(inlet + outlet) / 2</c>, <c>if("pump-rpm" &gt; 0, flow, 0)</c>.</summary>
    public required string Expression { get; init; }

    /// <summary>For people.</summary>
    public string? Unit { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    internal static DerivedMetricDocument Of(DerivedMetric metric) => new()
    {
        Name = metric.Name.Value,
        Expression = metric.Text,
        Unit = metric.Unit,
        Description = metric.Description,
    };
}
