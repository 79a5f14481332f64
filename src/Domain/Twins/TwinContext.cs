using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Twins;

/// <summary>What a decision about one device goes by besides its twin: what applies to it now, as it was set for the fleet.</summary>
/// <param name="Rules">Those that apply to the device.</param>
/// <param name="Type">Its device type; null where it has none.</param>
public sealed record TwinContext(RuleSet Rules, PresencePolicy Presence, TypeSchema? Type = null)
{
    public ShadowLimits Shadows { get; init; } = ShadowLimits.Default;
}
