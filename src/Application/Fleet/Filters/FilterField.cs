using System.Collections.Immutable;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>What may be asked of a field.</summary>
public enum FilterFieldKind
{
    Text,
    Number,
    Moment,

    /// <summary>One of a few fixed words.</summary>
    Word,

    /// <summary>Several texts: only <c>has</c> asks about it.</summary>
    List,

    /// <summary>The last value of a metric: a number, a boolean or a text, whatever the device sent.</summary>
    Metric,
}

/// <summary>Something of a twin that filters and sort orders can name. Two of one name are equal.</summary>
public sealed class FilterField : IEquatable<FilterField>
{
    private FilterField(string name, FilterFieldKind kind, Func<Twin, FieldValue> valueOf)
    {
        (Name, Kind, ValueOf) = (name, kind, valueOf);
        TextsOf = static _ => [];
    }

    /// <summary>As it is written in a filter.</summary>
    public string Name { get; }

    public FilterFieldKind Kind { get; }

    public Func<Twin, FieldValue> ValueOf { get; }

    /// <summary>Of a list.</summary>
    public Func<Twin, ImmutableArray<string>> TextsOf { get; private init; }

    /// <summary>Of a field that holds words: which, in their order.</summary>
    public ImmutableArray<string> Words { get; private init; } = [];

    /// <summary>Whether one word is more than another.</summary>
    public bool IsOrdered { get; private init; } = true;

    public static FilterField Text(string name, Func<Twin, string?> of) => new(name, FilterFieldKind.Text, twin => FieldValue.Of(of(twin)));

    public static FilterField Number(string name, Func<Twin, double?> of) => new(name, FilterFieldKind.Number, twin => FieldValue.Of(of(twin)));

    public static FilterField Moment(string name, Func<Twin, Instant?> of) => new(name, FilterFieldKind.Moment, twin => FieldValue.Of(of(twin)));

    public static FilterField Word(string name, ImmutableArray<string> words, bool isOrdered, Func<Twin, int?> placeOf) =>
        new(name, FilterFieldKind.Word, twin => FieldValue.OfWord(placeOf(twin))) { Words = words, IsOrdered = isOrdered };

    public static FilterField List(string name, Func<Twin, ImmutableArray<string>> of) =>
        new(name, FilterFieldKind.List, static _ => default) { TextsOf = of };

    public static FilterField Metric(string name, MetricName metric) =>
        new(name, FilterFieldKind.Metric, twin => twin.Readings.Find(metric) is { } last ? FieldValue.Of(last.Value) : default);

    public bool Equals(FilterField? other) => other is not null && Name == other.Name;

    public override bool Equals(object? obj) => Equals(obj as FilterField);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}
