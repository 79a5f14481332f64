using OrleansIot.Domain.Alerts;

namespace OrleansIot.Domain.Rules;

/// <summary>A rule that is not at rest on a device.</summary>
/// <param name="Since">When this phase began.</param>
/// <param name="Alert">The open alert while <see cref="RulePhase.Firing"/>.</param>
/// <param name="CooldownUntil">No new alert before this moment.</param>
public sealed record RuleState(RuleId Rule, RulePhase Phase, Instant Since, AlertId? Alert, Instant CooldownUntil);
