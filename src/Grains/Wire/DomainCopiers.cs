using Orleans.Serialization.Cloning;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Wire;

// Within a silo nothing is copied: all of it is immutable.

[RegisterCopier]
internal sealed class TwinCommandCopier : ShallowCopier<TwinCommand>, IDerivedTypeCopier;

[RegisterCopier]
internal sealed class DecisionCopier : ShallowCopier<Decision>, IDerivedTypeCopier;

[RegisterCopier]
internal sealed class TwinCopier : ShallowCopier<Twin>;

[RegisterCopier]
internal sealed class TwinViewCopier : ShallowCopier<TwinView>;

[RegisterCopier]
internal sealed class FleetChangeCopier : ShallowCopier<FleetChange>, IDerivedTypeCopier;

[RegisterCopier]
internal sealed class RuleCopier : ShallowCopier<Rule>;

[RegisterCopier]
internal sealed class FleetCountsCopier : ShallowCopier<FleetCounts>;

[RegisterCopier]
internal sealed class FleetFilterCopier : ShallowCopier<FleetFilter>;

[RegisterCopier]
internal sealed class DeviceQueryCopier : ShallowCopier<DeviceQuery>;

[RegisterCopier]
internal sealed class DevicePageCopier : ShallowCopier<DevicePage>;

[RegisterCopier]
internal sealed class FleetPartsCopier : ShallowCopier<FleetParts>;
