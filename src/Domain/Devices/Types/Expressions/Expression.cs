using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>
/// How a derived metric is computed: <c>if(running, (inlet + outlet) / 2, 0)</c>. Its form is bounded when it is read, so that
/// computing it takes a known, short time.
/// </summary>
public abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>Those it is computed from, each once.</summary>
    public ImmutableArray<MetricName> Metrics => [.. NamesIn(this).Distinct()];

    public static bool TryParse(string text, [NotNullWhen(true)] out Expression? expression, [NotNullWhen(false)] out ExpressionFault? fault) =>
        ExpressionParser.TryParse(text, out expression, out fault);

    public static Expression Parse(string text) =>
        TryParse(text, out var expression, out var fault) ? expression : throw new FormatException($"'{text}' is not an expression: {fault.Problem} {fault.Mend}");

    /// <summary>
    /// Null where an operand has no value or is a text, and where any step gives no finite number: a division by nought has no
    /// value, whatever would be done with it.
    /// </summary>
    /// <param name="valueOf">Null: the metric has none.</param>
    public MetricValue? Evaluate(Func<MetricName, MetricValue?> valueOf) => ExpressionEvaluation.Evaluate(this, valueOf);

    /// <summary>A form that reads as the same expression.</summary>
    public sealed override string ToString() => ExpressionText.Of(this);

    private static IEnumerable<MetricName> NamesIn(Expression expression) => expression switch
    {
        Metric metric => [metric.Name],
        Negation negation => NamesIn(negation.Operand),
        Operation operation => NamesIn(operation.Left).Concat(NamesIn(operation.Right)),
        Call call => call.Arguments.SelectMany(NamesIn),
        _ => [],
    };

    /// <param name="Value">Not negative: a minus before it is a <see cref="Negation"/>.</param>
    public sealed record Number(double Value) : Expression;

    public sealed record Boolean(bool Value) : Expression;

    public sealed record Metric(MetricName Name) : Expression;

    public sealed record Negation(Expression Operand) : Expression;

    public sealed record Operation(ExpressionOperator Operator, Expression Left, Expression Right) : Expression;

    public sealed record Call(ExpressionFunction Function, ImmutableArray<Expression> Arguments) : Expression
    {
        public bool Equals(Call? other) => other is not null && Function == other.Function && Arguments.SequenceEqual(other.Arguments);

        public override int GetHashCode() => HashCode.Combine(Function, Arguments.Length);
    }
}
