using System.Globalization;
using OrleansIot.Domain;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>A value as it is written in a filter.</summary>
public abstract record FilterLiteral
{
    private static readonly (char Unit, TimeSpan Length)[] Units =
    [
        ('d', TimeSpan.FromDays(1)), ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1)), ('s', TimeSpan.FromSeconds(1)),
    ];

    // Longer ago than anything that is stored, and far from where dates end.
    private static readonly TimeSpan MaxAgo = TimeSpan.FromDays(365 * 100);

    private FilterLiteral()
    {
    }

    public sealed record Text(string Value) : FilterLiteral;

    public sealed record Number(double Value) : FilterLiteral;

    public sealed record Boolean(bool Value) : FilterLiteral;

    public sealed record Moment(Instant Value) : FilterLiteral;

    /// <summary>So long before the moment at which the filter is applied; whole seconds.</summary>
    public sealed record Ago(TimeSpan Span) : FilterLiteral;

    /// <summary>Nothing: what a field has that is missing.</summary>
    public sealed record Null : FilterLiteral;

    /// <summary><c>now</c>, <c>now-90s</c>, <c>now-15m</c>, <c>now-24h</c>, <c>now-7d</c>; null for anything else.</summary>
    internal static Ago? ParseAgo(string word)
    {
        if (FilterWords.Is(word, FilterWords.Now))
            return new Ago(TimeSpan.Zero);

        var rest = word.AsSpan(FilterWords.Now.Length);
        if (rest.Length < 3 || rest[0] != '-')
            return null;

        foreach (var (unit, length) in Units)
        {
            if (rest[^1] == unit)
            {
                return long.TryParse(rest[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxAgo / length
                    ? new Ago(count * length)
                    : null;
            }
        }

        return null;
    }

    public sealed override string ToString() => this switch
    {
        Text { Value: var text } => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        Number { Value: var number } => number.ToString("R", CultureInfo.InvariantCulture),
        Boolean { Value: var boolean } => boolean ? FilterWords.True : FilterWords.False,
        Moment { Value: var moment } => moment.ToString(),
        Ago { Span: var span } => span == TimeSpan.Zero ? FilterWords.Now : Written(span),
        _ => FilterWords.Null,
    };

    private static string Written(TimeSpan span)
    {
        var (unit, length) = Units.First(unit => span.Ticks % unit.Length.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{FilterWords.Now}-{span.Ticks / length.Ticks}{unit}");
    }
}
