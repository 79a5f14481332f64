using System.Globalization;
using System.Text.Json;
using OrleansIot.Application.Documents;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Rules;

/// <summary>Reads a rule document's condition, and what must agree with it.</summary>
internal static class RuleDocumentConditionReader
{
    private const string ClearThreshold = "clearThreshold";

    public static (RuleCondition? Condition, double? ClearThreshold) Read(DocumentFields rule, DocumentFields condition, double? clearThreshold)
    {
        condition.AllowOnly("metric", "operator", "threshold", "duration", ClearThreshold);
        var metric = ReadMetric(condition);
        var comparison = ReadOperator(condition);
        var threshold = ReadThreshold(condition);
        var duration = condition.Seconds("duration");
        var clear = ReadClearThreshold(rule, condition, clearThreshold);
        if (threshold is { } value)
        {
            CheckStatus(condition, metric, value);
            if (comparison is { } chosen)
            {
                CheckComparable(condition, metric, chosen, value);
                CheckSide(clear.Fields, chosen, value, clear.Value);
            }
        }

        return metric is { } m && comparison is { } c && threshold is { } t
            ? (new RuleCondition(m, c, t, duration ?? TimeSpan.Zero), clear.Value)
            : (null, null);
    }

    private static MetricName? ReadMetric(DocumentFields condition)
    {
        const string Mend = "Write the name of a metric that devices report, or \"$status\".";
        if (condition.Find("metric") is not { } value)
            condition.Fault("metric", "is missing.", Mend);
        else if (value.ValueKind == JsonValueKind.String && MetricName.TryParseForRule(value.GetString(), out var metric))
            return metric;
        else
            condition.Fault("metric", $"is {DocumentFields.Shown(value)}, which is not the name of a metric.", Mend);

        return null;
    }

    private static ComparisonOperator? ReadOperator(DocumentFields condition)
    {
        if (condition.Find("operator") is null)
            condition.Fault("operator", "is missing.", DocumentFields.OneOf(RuleDocumentWords.Operators));

        return condition.Word("operator", RuleDocumentWords.Operators);
    }

    private static MetricValue? ReadThreshold(DocumentFields condition)
    {
        if (condition.Find("threshold") is not { } value)
        {
            condition.Fault("threshold", "is missing.", "Write the number, text or boolean that the metric is compared with.");
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return MetricValue.Of(value.GetBoolean());
            case JsonValueKind.String when value.GetString() is { Length: <= MetricValue.MaxTextLength } text:
                return MetricValue.Of(text);
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number):
                return MetricValue.Of(number);
            default:
                condition.Fault(
                    "threshold",
                    $"is {DocumentFields.Shown(value)}, which a metric cannot be compared with.",
                    $"Write a finite number, a boolean, or a text of at most {MetricValue.MaxTextLength} characters.");
                return null;
        }
    }

    // The design of the field's other systems has it inside the condition; the canonical place is beside it.
    private static (DocumentFields Fields, double? Value) ReadClearThreshold(DocumentFields rule, DocumentFields condition, double? beside)
    {
        var inside = condition.Number(ClearThreshold);
        if (inside is not null && beside is not null && inside != beside)
            condition.Fault(ClearThreshold, "differs from the rule's own clearThreshold.", "Write it once, beside the condition.");

        return inside is not null && beside is null ? (condition, inside) : (rule, beside);
    }

    private static void CheckStatus(DocumentFields condition, MetricName? metric, MetricValue threshold)
    {
        if (metric == MetricName.Status && !(threshold.Text is { } status && RuleDocumentWords.Statuses.Contains(status)))
            condition.Fault("threshold", $"is {Quoted(threshold)}, which $status never is.", $"Write one of {string.Join(", ", RuleDocumentWords.Statuses.Select(word => $"\"{word}\""))}.");
    }

    private static void CheckComparable(DocumentFields condition, MetricName? metric, ComparisonOperator comparison, MetricValue threshold)
    {
        if (threshold.Kind == MetricKind.Number || !IsOrdering(comparison))
            return;

        if (metric != MetricName.Status && double.TryParse(threshold.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var meant) && double.IsFinite(meant))
            condition.Fault("threshold", $"is a text, which {RuleCondition.Symbol(comparison)} cannot be asked of.", $"Write {threshold.Text} without quotation marks.");
        else
            condition.Fault("operator", $"is {RuleCondition.Symbol(comparison)}, but a text or a boolean is neither above nor below another.", "Write \"==\" or \"!=\", or a number as the threshold.");
    }

    private static void CheckSide(DocumentFields fields, ComparisonOperator comparison, MetricValue threshold, double? clearThreshold)
    {
        if (clearThreshold is not { } clear)
            return;

        if (!IsOrdering(comparison))
        {
            fields.Fault(ClearThreshold, $"has no meaning with {RuleCondition.Symbol(comparison)}.", "Leave it out; the rule clears when the condition no longer holds.");
            return;
        }

        if (threshold.Kind != MetricKind.Number)
            return;

        var firesAbove = comparison is ComparisonOperator.Above or ComparisonOperator.AtLeast;
        if (firesAbove ? clear > threshold.Number : clear < threshold.Number)
        {
            fields.Fault(
                ClearThreshold,
                $"is {(firesAbove ? "above" : "below")} the threshold {threshold}, so an alert would resolve while its condition holds.",
                $"Write a number {(firesAbove ? "at or below" : "at or above")} {threshold}.");
        }
    }

    private static bool IsOrdering(ComparisonOperator comparison) => comparison is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual);

    private static string Quoted(MetricValue value) => value.Kind == MetricKind.Text ? $"\"{value}\"" : value.ToString();
}
