using System.Collections.Immutable;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Rules;

/// <summary>What is watched on which devices, and what follows.</summary>
/// <param name="DeviceType">A device type, or <see cref="AllTypes"/>.</param>
/// <param name="DeviceIds">Only these devices; empty for every device of the type.</param>
/// <param name="ClearThreshold">Where a firing rule clears (hysteresis); null clears as soon as the condition no longer holds.</param>
/// <param name="Cooldown">The least time between two alerts of this rule on one device.</param>
/// <param name="Version">1 for the first definition, one more with each change.</param>
public sealed record Rule(
    RuleId Id,
    string Name,
    string? Description,
    string DeviceType,
    ImmutableArray<DeviceId> DeviceIds,
    RuleCondition Condition,
    double? ClearThreshold,
    Severity Severity,
    bool Active,
    TimeSpan Cooldown,
    RuleActions Actions,
    long Version)
{
    public const string AllTypes = "all";

    public bool AppliesTo(DeviceId device, string? deviceType) =>
        Active
        && (DeviceType == AllTypes || string.Equals(DeviceType, deviceType, StringComparison.OrdinalIgnoreCase))
        && (DeviceIds.IsEmpty || DeviceIds.Contains(device));

    public bool Equals(Rule? other) =>
        other is not null && Id == other.Id && Version == other.Version && Name == other.Name && Description == other.Description
        && DeviceType == other.DeviceType && DeviceIds.SequenceEqual(other.DeviceIds) && Condition == other.Condition
        && ClearThreshold.Equals(other.ClearThreshold) && Severity == other.Severity && Active == other.Active
        && Cooldown == other.Cooldown && Actions == other.Actions;

    public override int GetHashCode() => HashCode.Combine(Id, Version);
}
