using System.Globalization;
using System.Text;

namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>Writes an expression with no more parentheses than it needs.</summary>
internal static class ExpressionText
{
    private const int Unary = 4;
    private const int Primary = 5;

    public static string Of(Expression expression)
    {
        var text = new StringBuilder();
        Write(text, expression, 0);
        return text.ToString();
    }

    /// <param name="least">What binds less tightly is put in parentheses.</param>
    private static void Write(StringBuilder text, Expression expression, int least)
    {
        var inParentheses = PrecedenceOf(expression) < least;
        if (inParentheses)
            text.Append('(');

        switch (expression)
        {
            case Expression.Number number:
                text.Append(number.Value.ToString("R", CultureInfo.InvariantCulture));
                break;

            case Expression.Boolean boolean:
                text.Append(boolean.Value ? ExpressionWords.True : ExpressionWords.False);
                break;

            case Expression.Metric metric:
                WriteName(text, metric.Name.Value);
                break;

            case Expression.Negation negation:
                text.Append('-');
                Write(text, negation.Operand, Unary);
                break;

            case Expression.Operation operation:
                // To the left the same level needs none; but one comparison is no operand of another.
                var own = PrecedenceOf(expression);
                Write(text, operation.Left, own == ExpressionWords.Comparison ? own + 1 : own);
                text.Append(' ').Append(ExpressionWords.Operators.First(pair => pair.Meaning == operation.Operator).Word).Append(' ');
                Write(text, operation.Right, own + 1);
                break;

            case Expression.Call call:
                text.Append(ExpressionWords.Functions.First(function => function.Meaning == call.Function).Word).Append('(');
                for (var i = 0; i < call.Arguments.Length; i++)
                {
                    if (i > 0)
                        text.Append(", ");

                    Write(text, call.Arguments[i], 0);
                }

                text.Append(')');
                break;
        }

        if (inParentheses)
            text.Append(')');
    }

    private static int PrecedenceOf(Expression expression) => expression switch
    {
        Expression.Operation operation => ExpressionWords.PrecedenceOf(operation.Operator),
        Expression.Negation => Unary,
        _ => Primary,
    };

    private static void WriteName(StringBuilder text, string name)
    {
        if (ExpressionWords.IsBareName(name))
        {
            text.Append(name);
            return;
        }

        text.Append('"').Append(name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
    }
}
