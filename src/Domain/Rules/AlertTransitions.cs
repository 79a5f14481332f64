namespace OrleansIot.Domain.Rules;

/// <summary>A step in an alert's life that people can be told of.</summary>
[Flags]
public enum AlertTransitions
{
    None = 0,
    Triggered = 1,
    Acknowledged = 2,
    Resolved = 4,
}
