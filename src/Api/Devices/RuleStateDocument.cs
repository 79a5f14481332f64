using OrleansIot.Domain;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Api.Devices;

/// <summary>Where a rule that is not at rest stands on a device.</summary>
/// <param name="Phase"><c>pending</c>: its condition holds, but not yet for its duration, or a cooldown runs; <c>firing</c>: an alert
/// is open; <c>dismissed</c>: somebody resolved the alert while the condition held; <c>idle</c>: a cooldown runs.</param>
/// <param name="Since">When this phase began.</param>
/// <param name="AlertId">The open alert while firing.</param>
/// <param name="CooldownUntil">No new alert before this moment, where there is one.</param>
public sealed record RuleStateDocument(string RuleId, string Phase, Instant Since, string? AlertId, Instant? CooldownUntil)
{
    public static RuleStateDocument Of(RuleState state) => new(
        state.Rule.Value,
        WordOf(state.Phase),
        state.Since,
        state.Alert?.ToString(),
        state.CooldownUntil == Instant.MinValue ? null : state.CooldownUntil);

    private static string WordOf(RulePhase phase) => phase switch
    {
        RulePhase.Pending => "pending",
        RulePhase.Firing => "firing",
        RulePhase.Dismissed => "dismissed",
        _ => "idle",
    };
}
