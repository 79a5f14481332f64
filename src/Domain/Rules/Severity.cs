namespace OrleansIot.Domain.Rules;

/// <summary>How bad it is; a greater value is worse.</summary>
public enum Severity
{
    Info = 0,
    Warning = 1,
    Critical = 2,
}
