using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Rules;

/// <summary>"<c>metric operator threshold</c>, for at least <paramref name="Duration"/>".</summary>
/// <param name="Threshold">A text or a boolean is only compared by equality.</param>
/// <param name="Duration">How long the condition must hold without a break before the rule fires; zero fires at once.</param>
public sealed record RuleCondition(MetricName Metric, ComparisonOperator Operator, MetricValue Threshold, TimeSpan Duration)
{
    /// <summary>Null where the value and the threshold cannot be compared: neither true nor false, so nothing fires or resolves.</summary>
    public bool? Holds(MetricValue value) => Compare(value, Threshold);

    /// <summary>
    /// Whether a firing rule stays firing at this value: while the condition holds, and beyond that until the value crosses
    /// <paramref name="clearThreshold"/>, where there is one and the values have an order.
    /// </summary>
    public bool? StillHolds(MetricValue value, double? clearThreshold)
    {
        var holds = Holds(value);
        return holds == false && clearThreshold is { } clear && IsOrdering ? Compare(value, MetricValue.Of(clear)) : holds;
    }

    public string OperatorSymbol => Symbol(Operator);

    public static string Symbol(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Above => ">",
        ComparisonOperator.Below => "<",
        ComparisonOperator.AtLeast => ">=",
        ComparisonOperator.AtMost => "<=",
        ComparisonOperator.Equal => "==",
        _ => "!=",
    };

    public static bool TryParseSymbol(string? symbol, out ComparisonOperator comparison)
    {
        foreach (var candidate in Enum.GetValues<ComparisonOperator>())
        {
            if (Symbol(candidate) == symbol)
            {
                comparison = candidate;
                return true;
            }
        }

        comparison = default;
        return false;
    }

    /// <summary><c>temperature &gt; 70 for 60 s</c></summary>
    public override string ToString() =>
        $"{Metric} {OperatorSymbol} {Threshold}{(Duration > TimeSpan.Zero ? $" for {Duration.TotalSeconds:0.###} s" : "")}";

    private bool IsOrdering => Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual);

    private bool? Compare(MetricValue value, MetricValue threshold)
    {
        if (value.Kind == MetricKind.Text || threshold.Kind == MetricKind.Text)
        {
            return value.Kind != threshold.Kind ? null : Operator switch
            {
                ComparisonOperator.Equal => value.Text == threshold.Text,
                ComparisonOperator.NotEqual => value.Text != threshold.Text,
                _ => null,
            };
        }

        if (threshold.Kind == MetricKind.Boolean && IsOrdering)
            return null;

        return Operator switch
        {
            ComparisonOperator.Above => value.Number > threshold.Number,
            ComparisonOperator.Below => value.Number < threshold.Number,
            ComparisonOperator.AtLeast => value.Number >= threshold.Number,
            ComparisonOperator.AtMost => value.Number <= threshold.Number,
            ComparisonOperator.Equal => value.Number.Equals(threshold.Number),
            _ => !value.Number.Equals(threshold.Number),
        };
    }
}
