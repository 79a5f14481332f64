using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>What a field of a twin can hold. The order is that in which values of different kinds are sorted.</summary>
public enum FieldValueKind : byte
{
    Missing = 0,
    Boolean = 1,
    Number = 2,

    /// <summary>One of a few fixed words, compared by its place among them.</summary>
    Word = 3,
    Moment = 4,
    Text = 5,
}

/// <summary>The value of one field of one twin, for comparing and sorting. <c>default</c> is a missing one.</summary>
public readonly record struct FieldValue : IComparable<FieldValue>
{
    private FieldValue(FieldValueKind kind, double number, string? text) => (Kind, Number, Text) = (kind, number, text);

    public FieldValueKind Kind { get; }

    /// <summary>The number; of a boolean 0 or 1, of a word its place, of a moment its Unix milliseconds (exact far beyond any date).</summary>
    public double Number { get; }

    public string? Text { get; }

    public bool IsMissing => Kind == FieldValueKind.Missing;

    public static FieldValue Of(bool value) => new(FieldValueKind.Boolean, value ? 1 : 0, null);

    public static FieldValue Of(double? value) => value is { } number ? new(FieldValueKind.Number, number, null) : default;

    public static FieldValue Of(string? value) => value is null ? default : new(FieldValueKind.Text, 0, value);

    public static FieldValue Of(Instant? value) => value is { } moment ? new(FieldValueKind.Moment, moment.UnixMilliseconds, null) : default;

    public static FieldValue OfWord(int? place) => place is { } number ? new(FieldValueKind.Word, number, null) : default;

    public static FieldValue Of(MetricValue value) => value.Kind switch
    {
        MetricKind.Boolean => Of(value.Boolean),
        MetricKind.Text => Of(value.Text),
        _ => Of(value.Number),
    };

    public int CompareTo(FieldValue other) =>
        Kind != other.Kind ? Kind.CompareTo(other.Kind)
        : Kind == FieldValueKind.Text ? string.CompareOrdinal(Text, other.Text)
        : Number.CompareTo(other.Number);

    public static bool operator <(FieldValue left, FieldValue right) => left.CompareTo(right) < 0;
    public static bool operator >(FieldValue left, FieldValue right) => left.CompareTo(right) > 0;
    public static bool operator <=(FieldValue left, FieldValue right) => left.CompareTo(right) <= 0;
    public static bool operator >=(FieldValue left, FieldValue right) => left.CompareTo(right) >= 0;
}
