namespace OrleansIot.Domain.Rules;

/// <summary>Where one rule stands on one device.</summary>
public enum RulePhase : byte
{
    /// <summary>The condition does not hold. Only kept while a cooldown runs.</summary>
    Idle = 0,

    /// <summary>The condition holds, but not yet for its duration, or a cooldown still runs.</summary>
    Pending = 1,

    /// <summary>An alert is open.</summary>
    Firing = 2,

    /// <summary>Somebody resolved the alert while the condition held: quiet until it clears, or until the cooldown ends.</summary>
    Dismissed = 3,
}
