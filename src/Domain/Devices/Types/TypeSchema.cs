using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types.Expressions;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>A device type made ready for readings to be held to it: made once per change of the type, shared by its devices.</summary>
public sealed class TypeSchema
{
    private readonly FrozenDictionary<MetricName, MetricSchema> _byName;
    private readonly FrozenDictionary<MetricName, DerivedMetric> _derived;

    /// <exception cref="ArgumentException">Its derived metrics go in a circle: it was never checked.</exception>
    public TypeSchema(DeviceType type)
    {
        Type = type;
        _byName = type.Metrics.ToFrozenDictionary(metric => metric.Name);
        _derived = type.Derived.ToFrozenDictionary(metric => metric.Name);
        Required = [.. type.Metrics.Where(metric => metric.Required).Select(metric => metric.Name)];
        Derivations = Types.Derivations.InOrder(type.Derived) is { IsDefault: false } ordered
            ? [.. ordered.Select(metric => new Derivation(metric.Name, metric.Expression, metric.Expression.Metrics))]
            : throw new ArgumentException("Its derived metrics go in a circle.", nameof(type));
    }

    public DeviceType Type { get; }

    public ImmutableArray<MetricName> Required { get; }

    /// <summary>Each after those it is computed from.</summary>
    internal ImmutableArray<Derivation> Derivations { get; }

    public MetricSchema? Find(MetricName metric) => _byName.GetValueOrDefault(metric);

    public bool IsDerived(MetricName metric) => _derived.ContainsKey(metric);

    /// <summary>Null where the type does not say.</summary>
    public string? UnitOf(MetricName metric) => Find(metric) is { } sent ? sent.Unit : _derived.GetValueOrDefault(metric)?.Unit;

    /// <param name="Operands">What the expression names.</param>
    internal readonly record struct Derivation(MetricName Name, Expression Expression, ImmutableArray<MetricName> Operands);
}
