using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>What devices of one type send, and what becomes of what they should not.</summary>
/// <param name="Derived">Computed from the rest, or from each other; without cycles.</param>
/// <param name="Strict">A metric that is not named here breaks the schema.</param>
/// <param name="Version">1 for the first definition, one more with each change.</param>
public sealed record DeviceType(
    DeviceTypeId Id,
    string Name,
    string? Description,
    ImmutableArray<MetricSchema> Metrics,
    ImmutableArray<DerivedMetric> Derived,
    BreachPolicy OnBreach,
    bool Strict,
    long Version)
{
    public const int MaxMetrics = 200;
    public const int MaxDerived = 50;
    public const int MaxUnitLength = 32;

    public bool Equals(DeviceType? other) =>
        other is not null && Id == other.Id && Version == other.Version && Name == other.Name && Description == other.Description
        && Metrics.SequenceEqual(other.Metrics) && Derived.SequenceEqual(other.Derived) && OnBreach == other.OnBreach && Strict == other.Strict;

    public override int GetHashCode() => HashCode.Combine(Id, Version);
}
