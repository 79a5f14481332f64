using System.Diagnostics;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>Computes an expression; null as soon as a step has no value.</summary>
internal static class ExpressionEvaluation
{
    private const int MaxDecimals = 15;

    public static MetricValue? Evaluate(Expression expression, Func<MetricName, MetricValue?> valueOf) => expression switch
    {
        Expression.Number number => MetricValue.Of(number.Value),
        Expression.Boolean boolean => MetricValue.Of(boolean.Value),
        Expression.Metric metric => valueOf(metric.Name) is { Kind: not MetricKind.Text } value ? value : null,
        Expression.Negation negation => Evaluate(negation.Operand, valueOf) is { } value ? Number(-value.Number) : null,
        Expression.Operation operation => Evaluate(operation.Left, valueOf) is { } left && Evaluate(operation.Right, valueOf) is { } right
            ? Compute(operation.Operator, left.Number, right.Number)
            : null,
        Expression.Call { Function: ExpressionFunction.If } choice => Evaluate(choice.Arguments[0], valueOf) is { } condition
            ? Evaluate(choice.Arguments[condition.Number != 0 ? 1 : 2], valueOf)
            : null,
        Expression.Call call => Call(call, valueOf),
        _ => throw new UnreachableException(),
    };

    private static MetricValue? Compute(ExpressionOperator operation, double left, double right) => operation switch
    {
        ExpressionOperator.Add => Number(left + right),
        ExpressionOperator.Subtract => Number(left - right),
        ExpressionOperator.Multiply => Number(left * right),
        ExpressionOperator.Divide => Number(left / right),
        ExpressionOperator.Remainder => Number(left % right),
        ExpressionOperator.Below => MetricValue.Of(left < right),
        ExpressionOperator.AtMost => MetricValue.Of(left <= right),
        ExpressionOperator.Above => MetricValue.Of(left > right),
        ExpressionOperator.AtLeast => MetricValue.Of(left >= right),
        ExpressionOperator.Equal => MetricValue.Of(left.Equals(right)),
        _ => MetricValue.Of(!left.Equals(right)),
    };

    private static MetricValue? Call(Expression.Call call, Func<MetricName, MetricValue?> valueOf)
    {
        Span<double> arguments = stackalloc double[call.Arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (Evaluate(call.Arguments[i], valueOf) is not { } value)
                return null;

            arguments[i] = value.Number;
        }

        switch (call.Function)
        {
            case ExpressionFunction.Abs:
                return Number(Math.Abs(arguments[0]));

            case ExpressionFunction.Sqrt:
                return Number(Math.Sqrt(arguments[0]));

            case ExpressionFunction.Round:
                return arguments.Length == 1 ? Number(Math.Round(arguments[0], MidpointRounding.AwayFromZero))
                    : arguments[1] is >= 0 and <= MaxDecimals ? Number(Math.Round(arguments[0], (int)arguments[1], MidpointRounding.AwayFromZero))
                    : null;

            default:
                var chosen = arguments[0];
                foreach (var argument in arguments[1..])
                    chosen = call.Function == ExpressionFunction.Min ? Math.Min(chosen, argument) : Math.Max(chosen, argument);

                return Number(chosen);
        }
    }

    private static MetricValue? Number(double value) => UnitTransform.Finite(value) is { } finite ? MetricValue.Of(finite) : null;
}
