using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>How operators and functions are written.</summary>
internal static class ExpressionWords
{
    public const string True = "true";
    public const string False = "false";

    public static readonly ImmutableArray<(string Word, ExpressionOperator Meaning)> Operators =
    [
        // The longer before those they begin with.
        ("<=", ExpressionOperator.AtMost), (">=", ExpressionOperator.AtLeast), ("==", ExpressionOperator.Equal), ("!=", ExpressionOperator.NotEqual),
        ("<", ExpressionOperator.Below), (">", ExpressionOperator.Above),
        ("+", ExpressionOperator.Add), ("-", ExpressionOperator.Subtract),
        ("*", ExpressionOperator.Multiply), ("/", ExpressionOperator.Divide), ("%", ExpressionOperator.Remainder),
    ];

    public static readonly ImmutableArray<(string Word, ExpressionFunction Meaning, int Least, int Most)> Functions =
    [
        ("min", ExpressionFunction.Min, 1, 16), ("max", ExpressionFunction.Max, 1, 16), ("abs", ExpressionFunction.Abs, 1, 1),
        ("round", ExpressionFunction.Round, 1, 2), ("sqrt", ExpressionFunction.Sqrt, 1, 1), ("if", ExpressionFunction.If, 3, 3),
    ];

    /// <summary>A greater one binds more tightly.</summary>
    public static int PrecedenceOf(ExpressionOperator operation) => operation switch
    {
        >= ExpressionOperator.Multiply => 3,
        >= ExpressionOperator.Add => 2,
        _ => Comparison,
    };

    public const int Comparison = 1;

    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    public static bool IsBareName(string name) =>
        IsNameStart(name[0]) && name.All(IsNamePart) && name is not (True or False);
}
