namespace OrleansIot.Application.Fleet.Filters;

/// <summary>Cuts a filter or a sort order into its tokens. The first fault is kept, and the end comes after it.</summary>
internal sealed class FilterTokens
{
    private readonly string _text;
    private int _at;

    public FilterTokens(string text)
    {
        _text = text;
        Current = Read();
    }

    public FilterToken Current { get; private set; }

    public FilterFault? Fault { get; private set; }

    public FilterToken Take()
    {
        var taken = Current;
        if (taken.Kind != FilterTokenKind.End)
            Current = Read();

        return taken;
    }

    public bool TryTake(FilterTokenKind kind)
    {
        if (Current.Kind != kind)
            return false;

        Take();
        return true;
    }

    public bool TryTakeWord(string keyword)
    {
        if (Current.Kind != FilterTokenKind.Word || !FilterWords.Is(Current.Text, keyword))
            return false;

        Take();
        return true;
    }

    /// <summary>Keeps the first fault, and reads no further.</summary>
    public void Refuse(string code, int at, string message, string mend)
    {
        Fault ??= new FilterFault(code, at + 1, message, mend);
        _at = _text.Length;
        Current = new FilterToken(FilterTokenKind.End, at, "");
    }

    private FilterToken Read()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;

        if (_at == _text.Length)
            return new FilterToken(FilterTokenKind.End, _at, "");

        switch (_text[_at])
        {
            case '(':
                return Single(FilterTokenKind.Open);
            case ')':
                return Single(FilterTokenKind.Close);
            case ',':
                return Single(FilterTokenKind.Comma);
            case '\'':
                return Quoted(FilterTokenKind.Text, '\'', "filter.text-unclosed", "A text is not closed.", "Close it with '; a ' within it is written twice.");
            case '[':
                return Quoted(FilterTokenKind.Metric, ']', "filter.metric-unclosed", "The name of a metric is not closed.", "Close it with ]; a ] within it is written twice.");
            case '-' when _at + 1 == _text.Length || !char.IsAsciiDigit(_text[_at + 1]):
                return Single(FilterTokenKind.Minus);
            case '-' or (>= '0' and <= '9'):
                return Run(FilterTokenKind.Figure, FigureLength());
            default:
                return FilterWords.PlainLength(_text.AsSpan(_at)) is > 0 and var length
                    ? Run(FilterTokenKind.Word, length)
                    : Refused("filter.syntax", _at, $"'{_text[_at]}' means nothing here.", "Write texts in single quotes, and a metric of such a name as [name].");
        }
    }

    private FilterToken Single(FilterTokenKind kind) => Run(kind, 1);

    private FilterToken Run(FilterTokenKind kind, int length)
    {
        var token = new FilterToken(kind, _at, _text.Substring(_at, length));
        _at += length;
        return token;
    }

    // Everything that could be in one: 1e+5, 2026-11-21T09:48:00.5+01:00. Whether it is one is seen later.
    private int FigureLength()
    {
        var length = 1;
        while (_at + length < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at + length]) || _text[_at + length] is '.' or ':' or '+' or '-'))
            length++;

        return length;
    }

    private FilterToken Quoted(FilterTokenKind kind, char end, string code, string message, string mend)
    {
        var began = _at;
        var close = _at + 1;
        while (true)
        {
            close = _text.IndexOf(end, close);
            if (close < 0)
                return Refused(code, began, message, mend);

            if (close + 1 == _text.Length || _text[close + 1] != end)
                break;

            close += 2;
        }

        _at = close + 1;
        return new FilterToken(kind, began, _text[(began + 1)..close].Replace($"{end}{end}", $"{end}", StringComparison.Ordinal));
    }

    private FilterToken Refused(string code, int at, string message, string mend)
    {
        Refuse(code, at, message, mend);
        return Current;
    }
}
