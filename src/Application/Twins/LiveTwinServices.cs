using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>What every <see cref="LiveTwin"/> of a host works with.</summary>
public sealed record LiveTwinServices(
    ITwinJournal Journal,
    ITwinSnapshots Snapshots,
    IRules Rules,
    IDeviceTypes Types,
    AlertMessages Messages,
    ITwinAudience Audience,
    PresencePolicy Presence,
    TimeProvider Time)
{
    public ShadowLimits ShadowLimits { get; init; } = ShadowLimits.Default;

    public ShadowNews ShadowNews { get; init; } = new();
}
