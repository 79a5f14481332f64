using System.Collections.Immutable;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>The words that the filter language keeps for itself. Letter case does not count.</summary>
internal static class FilterWords
{
    public const string And = "and";
    public const string Or = "or";
    public const string Not = "not";
    public const string In = "in";
    public const string Has = "has";
    public const string Null = "null";
    public const string True = "true";
    public const string False = "false";
    public const string Now = "now";

    public static readonly ImmutableArray<(string Word, ComparisonOperator Operator)> Comparisons =
    [
        ("eq", ComparisonOperator.Equal),
        ("ne", ComparisonOperator.NotEqual),
        ("gt", ComparisonOperator.Above),
        ("ge", ComparisonOperator.AtLeast),
        ("lt", ComparisonOperator.Below),
        ("le", ComparisonOperator.AtMost),
    ];

    public static readonly ImmutableArray<(string Word, TextTest Test)> TextTests =
    [
        ("contains", TextTest.Contains),
        ("startswith", TextTest.StartsWith),
        ("endswith", TextTest.EndsWith),
    ];

    public static IEnumerable<string> All =>
        [And, Or, Not, In, Has, Null, True, False, Now, .. Comparisons.Select(pair => pair.Word), .. TextTests.Select(pair => pair.Word)];

    public static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public static ComparisonOperator? ComparisonOf(string word)
    {
        foreach (var (candidate, comparison) in Comparisons)
        {
            if (Is(word, candidate))
                return comparison;
        }

        return null;
    }

    public static TextTest? TextTestOf(string word)
    {
        foreach (var (candidate, test) in TextTests)
        {
            if (Is(word, candidate))
                return test;
        }

        return null;
    }

    /// <summary>A letter or <c>_</c>, then letters, digits, <c>_ . -</c>: what needs no quotes as a name. Hyphens, since metrics are named so: <c>cpu-percent</c>.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => text.Length > 0 && PlainLength(text) == text.Length;

    /// <summary>How many characters at the beginning make such a word.</summary>
    public static int PlainLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !(char.IsLetter(text[0]) || text[0] == '_'))
            return 0;

        var length = 1;
        while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] is '_' or '.' or '-'))
            length++;

        return length;
    }
}
