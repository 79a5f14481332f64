namespace OrleansIot.Domain.Alerts;

/// <summary>Why an alert was resolved.</summary>
public enum AlertResolution : byte
{
    /// <summary>The condition no longer held (or the clear threshold was crossed).</summary>
    Cleared = 0,

    /// <summary>Somebody resolved it.</summary>
    Manual = 1,

    /// <summary>The rule was removed, switched off, or no longer concerns the device.</summary>
    RuleGone = 2,
}
