using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>How a text is looked at; letter case does not count.</summary>
public enum TextTest
{
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>
/// A question about a twin: <c>type eq 'pump' and temperature gt 70</c>. Its text is its form on every way; <see cref="object.ToString"/>
/// writes one that reads back as equal.
/// </summary>
public abstract record FilterExpression
{
    /// <summary>Characters; it comes in the address of a request.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Parentheses and <c>not</c> within each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>Comparisons, and values of <c>in</c>. What one costs on each of 100,000 devices, a hundred cost a hundredfold.</summary>
    public const int MaxTerms = 100;

    private FilterExpression()
    {
    }

    public sealed record And(FilterExpression Left, FilterExpression Right) : FilterExpression;

    public sealed record Or(FilterExpression Left, FilterExpression Right) : FilterExpression;

    public sealed record Not(FilterExpression Inner) : FilterExpression;

    public sealed record Comparison(FilterField Field, ComparisonOperator Operator, FilterLiteral Value) : FilterExpression;

    public sealed record In(FilterField Field, ImmutableArray<FilterLiteral> Values) : FilterExpression
    {
        public bool Equals(In? other) => other is not null && Field.Equals(other.Field) && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => HashCode.Combine(Field, Values.Length);
    }

    public sealed record Matches(TextTest Test, FilterField Field, string Text) : FilterExpression;

    public sealed record Has(FilterField Field, string Text) : FilterExpression;

    public static bool TryParse(string text, [NotNullWhen(true)] out FilterExpression? filter, [NotNullWhen(false)] out FilterFault? fault) =>
        FilterParser.TryParse(text, out filter, out fault);

    /// <exception cref="FormatException">It cannot be understood; whoever takes one from outside asks <see cref="TryParse"/> first.</exception>
    public static FilterExpression Parse(string text) => TryParse(text, out var filter, out var fault) ? filter : throw new FormatException(fault.ToString());

    /// <summary>Ready to be asked of many twins.</summary>
    /// <param name="now">What <c>now</c> means.</param>
    public Func<Twin, bool> Matcher(Instant now) => FilterMatcher.Of(this, now);

    public sealed override string ToString() => this switch
    {
        And e => $"{Within(e.Left, e.Left is Or)} and {Within(e.Right, e.Right is Or or And)}",
        Or e => $"{e.Left} or {Within(e.Right, e.Right is Or)}",
        Not e => $"not {Within(e.Inner, e.Inner is Or or And)}",
        Comparison e => $"{e.Field} {FilterWords.Comparisons.First(pair => pair.Operator == e.Operator).Word} {e.Value}",
        In e => $"{e.Field} in ({string.Join(", ", e.Values)})",
        Matches e => $"{FilterWords.TextTests.First(pair => pair.Test == e.Test).Word}({e.Field}, {new FilterLiteral.Text(e.Text)})",
        Has e => $"{e.Field} has {new FilterLiteral.Text(e.Text)}",
        _ => throw new UnreachableException(),
    };

    private static string Within(FilterExpression expression, bool parentheses) => parentheses ? $"({expression})" : expression.ToString();
}
