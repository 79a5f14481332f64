using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>
/// Reads the filter language: <c>or</c> binds least, then <c>and</c>, then <c>not</c>. Stops at the first fault; what it answers
/// after one is of no meaning and is thrown away.
/// </summary>
internal sealed class FilterParser
{
    private static readonly FilterExpression Nothing = new FilterExpression.Has(FilterFields.Find("tags")!, "");
    private static readonly FilterLiteral NoLiteral = new FilterLiteral.Null();

    private readonly FilterTokens _tokens;
    private int _depth;
    private int _terms;

    private FilterParser(string text) => _tokens = new FilterTokens(text);

    private FilterToken Current => _tokens.Current;

    public static bool TryParse(string text, [NotNullWhen(true)] out FilterExpression? filter, [NotNullWhen(false)] out FilterFault? fault)
    {
        filter = null;
        if (text.Length > FilterExpression.MaxLength)
        {
            fault = new FilterFault(
                "filter.too-long", FilterExpression.MaxLength + 1, $"The filter has {text.Length} characters.", $"Write at most {FilterExpression.MaxLength}.");
            return false;
        }

        var parser = new FilterParser(text);
        var read = parser.Or();
        if (parser.Current.Kind != FilterTokenKind.End)
            parser.Expected("'and', 'or' or the end");

        fault = parser._tokens.Fault;
        if (fault is not null)
            return false;

        filter = read;
        return true;
    }

    private FilterExpression Or()
    {
        var left = And();
        while (_tokens.TryTakeWord(FilterWords.Or))
            left = new FilterExpression.Or(left, And());

        return left;
    }

    private FilterExpression And()
    {
        var left = Unary();
        while (_tokens.TryTakeWord(FilterWords.And))
            left = new FilterExpression.And(left, Unary());

        return left;
    }

    private FilterExpression Unary()
    {
        var at = Current.At;
        if (_tokens.TryTakeWord(FilterWords.Not))
            return Deeper(at, () => new FilterExpression.Not(Unary()));

        if (!_tokens.TryTake(FilterTokenKind.Open))
            return Term();

        return Deeper(at, () =>
        {
            var inner = Or();
            Expect(FilterTokenKind.Close, "')'");
            return inner;
        });
    }

    private FilterExpression Deeper(int at, Func<FilterExpression> read)
    {
        if (_depth == FilterExpression.MaxDepth)
            return Refuse("filter.too-deep", at, $"More than {FilterExpression.MaxDepth} parentheses or 'not' are within each other.", "Write it flatter.");

        _depth++;
        var inner = read();
        _depth--;
        return inner;
    }

    private FilterExpression Term()
    {
        if (!CountTerm())
            return Nothing;

        if (Current.Kind is not (FilterTokenKind.Word or FilterTokenKind.Metric))
            return Expected("a field, a metric, 'not' or '('");

        var first = _tokens.Take();
        if (first.Kind == FilterTokenKind.Word && Current.Kind == FilterTokenKind.Open && FilterWords.TextTestOf(first.Text) is { } test)
            return Matches(test);

        return FieldOf(_tokens, first) is { } field ? Ask(field) : Nothing;
    }

    private FilterExpression Matches(TextTest test)
    {
        Expect(FilterTokenKind.Open, "'('");
        if (Current.Kind is not (FilterTokenKind.Word or FilterTokenKind.Metric))
            return Expected("a field or a metric");

        var at = Current.At;
        if (FieldOf(_tokens, _tokens.Take()) is not { } field)
            return Nothing;

        if (field.Kind is not (FilterFieldKind.Text or FilterFieldKind.Metric))
        {
            return Refuse(
                "filter.operator", at, $"'{field}' is no text.",
                field.Kind == FilterFieldKind.List ? $"Write {field} has 'x'." : "Name a field that is a text, or a metric.");
        }

        Expect(FilterTokenKind.Comma, "','");
        if (Current.Kind != FilterTokenKind.Text)
            return Expected("a text in single quotes");

        var part = _tokens.Take().Text;
        Expect(FilterTokenKind.Close, "')'");
        return new FilterExpression.Matches(test, field, part);
    }

    private FilterExpression Ask(FilterField field)
    {
        if (Current.Kind != FilterTokenKind.Word)
            return Expected(OperatorsOf(field));

        var word = _tokens.Take();
        if (FilterWords.Is(word.Text, FilterWords.Has))
            return Has(field, word);

        var isIn = FilterWords.Is(word.Text, FilterWords.In);
        var comparison = FilterWords.ComparisonOf(word.Text);
        if (!isIn && comparison is null)
            return Refuse("filter.syntax", word.At, $"'{word.Text}' is no operator.", $"Write {OperatorsOf(field)}. A text with a blank in it belongs in single quotes.");

        if (field.Kind == FilterFieldKind.List || (comparison is { } asked && !IsEquality(asked) && !field.IsOrdered))
            return Refuse("filter.operator", word.At, $"'{word.Text}' cannot be asked of '{field}'.", $"Write {OperatorsOf(field)}.");

        return isIn ? In(field) : Compare(field, comparison!.Value, word);
    }

    private FilterExpression Has(FilterField field, FilterToken word)
    {
        if (field.Kind != FilterFieldKind.List)
            return Refuse("filter.operator", word.At, $"'{field}' is no list.", $"Write {OperatorsOf(field)}.");

        return Current.Kind == FilterTokenKind.Text ? new FilterExpression.Has(field, _tokens.Take().Text) : Expected("a text in single quotes");
    }

    private FilterExpression Compare(FilterField field, ComparisonOperator comparison, FilterToken word)
    {
        var at = Current.At;
        var value = Literal(field);
        if (value is FilterLiteral.Null or FilterLiteral.Boolean && !IsEquality(comparison))
            return Refuse("filter.operator", at, $"'{word.Text}' cannot be asked of {value}.", "Write eq or ne.");

        return new FilterExpression.Comparison(field, comparison, value);
    }

    private FilterExpression In(FilterField field)
    {
        Expect(FilterTokenKind.Open, "'('");
        var values = ImmutableArray.CreateBuilder<FilterLiteral>();
        do
        {
            if (values.Count > 0 && !CountTerm())
                return Nothing;

            var at = Current.At;
            var value = Literal(field);
            if (value is FilterLiteral.Null)
                return Refuse("filter.value", at, "null is no value.", $"Write {field} eq null or …");

            values.Add(value);
        }
        while (_tokens.TryTake(FilterTokenKind.Comma));

        Expect(FilterTokenKind.Close, "')' or ','");
        return new FilterExpression.In(field, values.DrainToImmutable());
    }

    private FilterLiteral Literal(FilterField field)
    {
        var token = Current;
        FilterLiteral? read = token.Kind switch
        {
            FilterTokenKind.Text => new FilterLiteral.Text(token.Text),
            FilterTokenKind.Figure => Figure(token.Text),
            FilterTokenKind.Word when FilterWords.Is(token.Text, FilterWords.True) => new FilterLiteral.Boolean(true),
            FilterTokenKind.Word when FilterWords.Is(token.Text, FilterWords.False) => new FilterLiteral.Boolean(false),
            FilterTokenKind.Word when FilterWords.Is(token.Text, FilterWords.Null) => new FilterLiteral.Null(),
            FilterTokenKind.Word when token.Text.StartsWith(FilterWords.Now, StringComparison.OrdinalIgnoreCase) => FilterLiteral.ParseAgo(token.Text),
            _ => null,
        };
        if (read is null)
        {
            Expected($"{ValuesOf(field)} or null");
            return NoLiteral;
        }

        if (!Suits(field, read))
        {
            Refuse("filter.value", token.At, $"'{field}' is never {read}.", $"Write {ValuesOf(field)} or null.");
            return NoLiteral;
        }

        _tokens.Take();
        return read;
    }

    private static FilterLiteral? Figure(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new FilterLiteral.Number(number);

        // At least a date: the platform would also take 12:30 or 3.5.
        return text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new FilterLiteral.Moment(Instant.From(time))
            : null;
    }

    private static bool Suits(FilterField field, FilterLiteral value) => (field.Kind, value) switch
    {
        (_, FilterLiteral.Null) => true,
        (FilterFieldKind.Text, FilterLiteral.Text) => true,
        (FilterFieldKind.Number, FilterLiteral.Number) => true,
        (FilterFieldKind.Moment, FilterLiteral.Moment or FilterLiteral.Ago) => true,
        (FilterFieldKind.Word, FilterLiteral.Text { Value: var word }) => field.Words.Contains(word),
        (FilterFieldKind.Metric, FilterLiteral.Number or FilterLiteral.Boolean or FilterLiteral.Text) => true,
        _ => false,
    };

    private static string OperatorsOf(FilterField field) => field.Kind == FilterFieldKind.List ? "has" : field.IsOrdered ? "eq, ne, gt, ge, lt, le or in" : "eq, ne or in";

    private static string ValuesOf(FilterField field) => field.Kind switch
    {
        FilterFieldKind.Number => "a number",
        FilterFieldKind.Moment => "a time as 2026-11-21T09:48:00Z, so long ago as now-90s, now-15m, now-24h or now-7d,",
        FilterFieldKind.Word => string.Join(", ", field.Words.Select(word => $"'{word}'")),
        FilterFieldKind.Metric => "a number, a text in single quotes, true, false",
        _ => "a text in single quotes",
    };

    /// <summary>The field that a word or a metric's name in brackets stands for; null, and a fault, where there can be none.</summary>
    internal static FilterField? FieldOf(FilterTokens tokens, FilterToken name)
    {
        string wanted;
        FilterField? field;
        if (name.Kind == FilterTokenKind.Metric)
        {
            (wanted, field) = (name.Text, FilterFields.Metric(name.Text));
        }
        else if (FilterFields.IsKeyed(name.Text) && tokens.TryTake(FilterTokenKind.Open))
        {
            var key = tokens.Current;
            if (!tokens.TryTake(FilterTokenKind.Text) || !tokens.TryTake(FilterTokenKind.Close))
            {
                tokens.Refuse("filter.syntax", tokens.Current.At, $"The name after '{name.Text}(' is missing.", $"Write {name.Text}('x').");
                return null;
            }

            (wanted, field) = (key.Text, FilterFields.Find(name.Text, key.Text));
        }
        else
        {
            (wanted, field) = (name.Text, FilterFields.Find(name.Text));
        }

        if (field is null)
            tokens.Refuse("filter.field", name.At, $"Nothing can be called '{wanted}'.", $"Write a metric's name of 1 to {Domain.Telemetry.MetricName.MaxLength} characters, or one of {string.Join(", ", FilterFields.All)}.");

        return field;
    }

    private static bool IsEquality(ComparisonOperator comparison) => comparison is ComparisonOperator.Equal or ComparisonOperator.NotEqual;

    private bool CountTerm()
    {
        if (++_terms <= FilterExpression.MaxTerms)
            return true;

        Refuse("filter.too-many-terms", Current.At, $"More than {FilterExpression.MaxTerms} comparisons and values.", "Ask in several requests.");
        return false;
    }

    private void Expect(FilterTokenKind kind, string what)
    {
        if (!_tokens.TryTake(kind))
            Expected(what);
    }

    private FilterExpression Expected(string what)
    {
        var found = Current.Kind == FilterTokenKind.End ? "the end" : $"'{Current.Text}'";
        return Refuse("filter.syntax", Current.At, $"Here is {found}.", $"Write {what}.");
    }

    private FilterExpression Refuse(string code, int at, string message, string mend)
    {
        _tokens.Refuse(code, at, message, mend);
        return Nothing;
    }
}
