using System.Diagnostics;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>
/// Turns a filter into a function. As in SQL there are three answers: what is asked of a missing value, or of one of another
/// kind, is unknown (null); so is its opposite; and only what is true matches.
/// </summary>
internal static class FilterMatcher
{
    public static Func<Twin, bool> Of(FilterExpression filter, Instant now)
    {
        var answer = Compile(filter, now);
        return twin => answer(twin) == true;
    }

    private static Func<Twin, bool?> Compile(FilterExpression filter, Instant now) => filter switch
    {
        FilterExpression.And e => And(Compile(e.Left, now), Compile(e.Right, now)),
        FilterExpression.Or e => Or(Compile(e.Left, now), Compile(e.Right, now)),
        FilterExpression.Not e => Not(Compile(e.Inner, now)),
        FilterExpression.Comparison { Value: FilterLiteral.Null } e => IsMissing(e.Field.ValueOf, e.Operator == ComparisonOperator.Equal),
        FilterExpression.Comparison e => Compare(e.Field.ValueOf, e.Operator, ValueOf(e.Value, e.Field, now)),
        FilterExpression.In e => In(e.Field.ValueOf, [.. e.Values.Select(value => ValueOf(value, e.Field, now))]),
        FilterExpression.Matches e => Matches(e.Field.ValueOf, e.Test, e.Text),
        FilterExpression.Has e => Has(e.Field, e.Text),
        _ => throw new UnreachableException(),
    };

    private static Func<Twin, bool?> And(Func<Twin, bool?> left, Func<Twin, bool?> right) =>
        twin => left(twin) is var first && first == false ? false : first & right(twin);

    private static Func<Twin, bool?> Or(Func<Twin, bool?> left, Func<Twin, bool?> right) =>
        twin => left(twin) is var first && first == true ? true : first | right(twin);

    private static Func<Twin, bool?> Not(Func<Twin, bool?> inner) => twin => !inner(twin);

    private static Func<Twin, bool?> IsMissing(Func<Twin, FieldValue> of, bool wanted) => twin => of(twin).IsMissing == wanted;

    private static Func<Twin, bool?> Compare(Func<Twin, FieldValue> of, ComparisonOperator comparison, FieldValue expected) => twin =>
        of(twin) is var actual && actual.Kind != expected.Kind ? null : Holds(comparison, actual.CompareTo(expected));

    private static Func<Twin, bool?> In(Func<Twin, FieldValue> of, FieldValue[] expected) => twin =>
    {
        // As `eq` with each, joined by `or`: where none is equal, unknown if any is of another kind.
        var actual = of(twin);
        bool? answer = false;
        foreach (var value in expected)
        {
            if (value.Kind != actual.Kind)
                answer = null;
            else if (value.CompareTo(actual) == 0)
                return true;
        }

        return answer;
    };

    private static Func<Twin, bool?> Matches(Func<Twin, FieldValue> of, TextTest test, string part) => test switch
    {
        TextTest.Contains => twin => of(twin).Text?.Contains(part, StringComparison.OrdinalIgnoreCase),
        TextTest.StartsWith => twin => of(twin).Text?.StartsWith(part, StringComparison.OrdinalIgnoreCase),
        _ => twin => of(twin).Text?.EndsWith(part, StringComparison.OrdinalIgnoreCase),
    };

    private static Func<Twin, bool?> Has(FilterField field, string text) => twin => field.TextsOf(twin).Contains(text);

    private static bool Holds(ComparisonOperator comparison, int sign) => comparison switch
    {
        ComparisonOperator.Equal => sign == 0,
        ComparisonOperator.NotEqual => sign != 0,
        ComparisonOperator.Above => sign > 0,
        ComparisonOperator.AtLeast => sign >= 0,
        ComparisonOperator.Below => sign < 0,
        _ => sign <= 0,
    };

    private static FieldValue ValueOf(FilterLiteral literal, FilterField field, Instant now) => literal switch
    {
        FilterLiteral.Text { Value: var text } when field.Kind == FilterFieldKind.Word => FieldValue.OfWord(field.Words.IndexOf(text)),
        FilterLiteral.Text { Value: var text } => FieldValue.Of(text),
        FilterLiteral.Number { Value: var number } => FieldValue.Of(number),
        FilterLiteral.Boolean { Value: var boolean } => FieldValue.Of(boolean),
        FilterLiteral.Moment { Value: var moment } => FieldValue.Of(moment),
        FilterLiteral.Ago { Span: var span } => FieldValue.Of(now - span),
        _ => throw new UnreachableException(),
    };
}
