using System.Collections.Immutable;
using System.Globalization;
using OrleansIot.Domain;

namespace OrleansIot.Api.Http;

/// <summary>Reads query parameters; what is wrong with one becomes a fault, and reading goes on, so that all are told at once.</summary>
internal sealed class QueryReader
{
    private const int MaxYears = 100;

    private readonly List<Fault> _faults = [];

    public bool HasFaults => _faults.Count > 0;

    public ProblemResult Problem => ProblemResult.Invalid("query.invalid", "The query cannot be understood", _faults);

    public void Fault(string parameter, string message, string mend) => _faults.Add(new Fault(parameter, message, mend));

    public int Number(string parameter, string? text, int otherwise, int min, int max)
    {
        if (string.IsNullOrEmpty(text))
            return otherwise;

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;

        Fault(parameter, $"is '{text}'.", $"Write a whole number from {min} to {max}.");
        return otherwise;
    }

    public T? Word<T>(string parameter, string? text, ImmutableArray<(string Word, T Meaning)> words)
        where T : struct
    {
        if (string.IsNullOrEmpty(text))
            return null;

        foreach (var (word, meaning) in words)
        {
            if (word == text)
                return meaning;
        }

        Fault(parameter, $"is '{text}'.", $"Write one of {string.Join(", ", words.Select(pair => pair.Word))}.");
        return null;
    }

    public T? Id<T>(string parameter, string? text, TryParse<T> parse, string rule)
        where T : struct
    {
        if (string.IsNullOrEmpty(text))
            return null;

        if (parse(text, out var id))
            return id;

        Fault(parameter, $"is '{text}'.", $"Write {rule}.");
        return null;
    }

    /// <summary>A moment: ISO 8601, <c>now</c>, or so long ago: <c>-15m</c>.</summary>
    public Instant Time(string parameter, string? text, Instant now, Instant otherwise)
    {
        if (string.IsNullOrEmpty(text))
            return otherwise;

        // A plus sign in a query that was not escaped arrives as a space: 2026-11-21T10:00:00 02:00.
        if (DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && text.Length >= 10)
            return Instant.From(time);

        if (text == "now")
            return now;

        if (text.Length >= 3 && text[0] == '-' && UnitOf(text[^1]) is { } unit
            && int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= TimeSpan.FromDays(365 * MaxYears) / unit)
        {
            return now - (count * unit);
        }

        Fault(parameter, $"is '{text}'.", "Write a time as 2026-11-21T09:48:00Z, or so long ago as -90s, -15m, -24h or -7d, or now.");
        return otherwise;
    }

    private static TimeSpan? UnitOf(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };

    public delegate bool TryParse<T>(string? text, out T value);
}
