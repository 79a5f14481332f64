namespace OrleansIot.Domain.Rules;

/// <summary>How a metric is held against a threshold.</summary>
public enum ComparisonOperator
{
    Above,
    Below,
    AtLeast,
    AtMost,
    Equal,
    NotEqual,
}
