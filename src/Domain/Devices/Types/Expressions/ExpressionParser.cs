using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types.Expressions;

/// <summary>
/// Reads an expression by descent. Bounded in length, depth and parts before anything grows with it: the text comes from outside.
/// </summary>
internal ref struct ExpressionParser
{
    private const int MaxLength = 1_024;
    private const int MaxDepth = 32;
    private const int MaxParts = 200;

    private readonly string _text;
    private int _at;
    private int _depth;
    private int _parts;
    private ExpressionFault? _fault;

    private ExpressionParser(string text) => _text = text;

    public static bool TryParse(string text, [NotNullWhen(true)] out Expression? expression, [NotNullWhen(false)] out ExpressionFault? fault)
    {
        expression = null;
        if (text.Length > MaxLength)
        {
            fault = new($"It has {text.Length} characters.", $"Write at most {MaxLength}.");
            return false;
        }

        var parser = new ExpressionParser(text);
        expression = parser.Comparison();
        if (expression is not null && !parser.AtEnd())
            expression = parser.Fail("goes on after its end", "Put an operator or a comma between; a name with other characters than a-z A-Z 0-9 _ . goes between quotation marks.");

        fault = expression is null ? parser._fault! : null;
        return fault is null;
    }

    private Expression? Comparison()
    {
        var left = Chain(ExpressionWords.Comparison + 1);
        if (left is null || Operator(ExpressionWords.Comparison) is not { } comparison)
            return left;

        if (Chain(ExpressionWords.Comparison + 1) is not { } right)
            return null;

        return Operator(ExpressionWords.Comparison) is null
            ? Part(new Expression.Operation(comparison, left, right))
            : Fail("compares a comparison", "Compare two values at a time; if(a < b, b < c, false) is true where all are in order.");
    }

    private Expression? Chain(int precedence)
    {
        var left = Operand(precedence);
        while (left is not null && Operator(precedence) is { } operation)
            left = Operand(precedence) is { } right ? Part(new Expression.Operation(operation, left, right)) : null;

        return left;
    }

    private Expression? Operand(int precedence) =>
        precedence < ExpressionWords.PrecedenceOf(ExpressionOperator.Multiply) ? Chain(precedence + 1) : Unary();

    private Expression? Unary()
    {
        if (!Accept('-'))
            return Primary();

        if (!Deepen())
            return null;

        var operand = Unary();
        _depth--;
        return operand is null ? null : Part(new Expression.Negation(operand));
    }

    private Expression? Primary()
    {
        if (AtEnd())
            return Fail("ends where a value is due", "Write a number, a metric, or a function.");

        var next = _text[_at];
        return next switch
        {
            '(' => Parenthesised(),
            '"' => QuotedName(),
            _ when char.IsAsciiDigit(next) || next == '.' => Number(),
            _ when ExpressionWords.IsNameStart(next) => Name(),
            _ => Fail($"has '{next}' where a value is due", "Write a number, a metric, or a function; a name with other characters than a-z A-Z 0-9 _ . goes between quotation marks."),
        };
    }

    private Expression? Parenthesised()
    {
        _at++;
        if (!Deepen())
            return null;

        var inner = Comparison();
        _depth--;
        return inner is null ? null : Accept(')') ? inner : Fail("has no ')' for its '('", "Close it.");
    }

    private Expression? Number()
    {
        var start = _at;
        Digits();
        if (Peek() == '.')
        {
            _at++;
            Digits();
        }

        if (Peek() is 'e' or 'E')
        {
            _at++;
            if (Peek() is '+' or '-')
                _at++;

            Digits();
        }

        return double.TryParse(_text.AsSpan(start, _at - start), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? Part(new Expression.Number(number))
            : Fail($"has '{_text[start.._at]}', which is no number", "Write it as 12, 0.5 or 1e-3.");
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Peek()))
            _at++;
    }

    private Expression? Name()
    {
        var start = _at;
        while (ExpressionWords.IsNamePart(Peek()))
            _at++;

        var name = _text[start.._at];
        if (Accept('('))
            return Call(name);

        return name switch
        {
            ExpressionWords.True => Part(new Expression.Boolean(true)),
            ExpressionWords.False => Part(new Expression.Boolean(false)),
            _ => Metric(name),
        };
    }

    private Expression? QuotedName()
    {
        var name = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] != '"'; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
                _at++;

            name.Append(_text[_at]);
        }

        if (_at == _text.Length)
            return Fail("has a quotation mark that is not closed", "Close it.");

        _at++;
        return Metric(name.ToString());
    }

    private Expression? Metric(string name) => MetricName.TryParse(name, out var metric)
        ? Part(new Expression.Metric(metric))
        : Fail($"has '{name}', which is no metric's name", "A name has 1 to 128 characters and does not begin with $.");

    private Expression? Call(string name)
    {
        var index = 0;
        while (index < ExpressionWords.Functions.Length && ExpressionWords.Functions[index].Word != name)
            index++;

        if (index == ExpressionWords.Functions.Length)
            return Fail($"calls '{name}', which is no function", $"There are {string.Join(", ", ExpressionWords.Functions.Select(function => function.Word))}.");

        var (_, meaning, least, most) = ExpressionWords.Functions[index];
        if (!Deepen())
            return null;

        var arguments = ImmutableArray.CreateBuilder<Expression>();
        do
        {
            if (Comparison() is not { } argument)
                return null;

            arguments.Add(argument);
        }
        while (arguments.Count < most && Accept(','));

        _depth--;
        if (!Accept(')') || arguments.Count < least)
            return Fail($"calls {name} with too few or too many values", least == most ? $"It takes {least}, with commas between." : $"It takes {least} to {most}, with commas between.");

        return Part(new Expression.Call(meaning, arguments.DrainToImmutable()));
    }

    private ExpressionOperator? Operator(int precedence)
    {
        if (AtEnd())
            return null;

        foreach (var (word, meaning) in ExpressionWords.Operators)
        {
            if (!_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
                continue;

            if (ExpressionWords.PrecedenceOf(meaning) != precedence)
                return null;

            _at += word.Length;
            return meaning;
        }

        return null;
    }

    private bool Accept(char expected)
    {
        if (AtEnd() || _text[_at] != expected)
            return false;

        _at++;
        return true;
    }

    /// <summary>Passes over blanks.</summary>
    private bool AtEnd()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;

        return _at == _text.Length;
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Deepen()
    {
        if (++_depth <= MaxDepth)
            return true;

        Fail("is nested too deep", $"Nest at most {MaxDepth} deep; part of it can be a derived metric of its own.");
        return false;
    }

    private Expression? Part(Expression expression) =>
        ++_parts <= MaxParts ? expression : Fail("has too many parts", $"Use at most {MaxParts} values and operators; part of it can be a derived metric of its own.");

    private Expression? Fail(string problem, string mend)
    {
        _fault ??= new($"It {problem} (character {_at + 1}).", mend);
        return null;
    }
}
