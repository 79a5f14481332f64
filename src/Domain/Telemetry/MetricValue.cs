using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansIot.Domain.Telemetry;

/// <summary>One value of a metric: a finite number, a boolean, or a text of at most <see cref="MaxTextLength"/> characters.</summary>
public readonly struct MetricValue : IEquatable<MetricValue>
{
    public const int MaxTextLength = 256;

    // Stands in the place of a text, so that a value takes 16 bytes and not 24: twins hold six and more of them, and each reading
    // copies them. Known by its reference alone, so a device's text of the same letters is not mistaken for it.
    private static readonly string BooleanMark = new('b', 1);

    private readonly string? _text;
    private readonly double _number;

    private MetricValue(double number, string? text)
    {
        _number = number;
        _text = text;
    }

    public MetricKind Kind =>
        _text is null ? MetricKind.Number : ReferenceEquals(_text, BooleanMark) ? MetricKind.Boolean : MetricKind.Text;

    /// <summary>The number; a boolean counts as 1 or 0, so that it can be drawn and averaged. NaN for a text.</summary>
    public double Number => Kind == MetricKind.Text ? double.NaN : _number;

    public bool Boolean => Kind == MetricKind.Boolean && _number != 0;

    public string? Text => Kind == MetricKind.Text ? _text : null;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is NaN or infinite.</exception>
    public static MetricValue Of(double value) =>
        double.IsFinite(value) ? new(value, null) : throw new ArgumentOutOfRangeException(nameof(value), value, "A metric is a finite number.");

    public static MetricValue Of(bool value) => new(value ? 1 : 0, BooleanMark);

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is longer than <see cref="MaxTextLength"/>.</exception>
    public static MetricValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxTextLength, nameof(value));
        return new(0, value);
    }

    public bool Equals(MetricValue other) => Kind == other.Kind && _number.Equals(other._number) && _text == other._text;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MetricValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _number, _text);

    public static bool operator ==(MetricValue left, MetricValue right) => left.Equals(right);
    public static bool operator !=(MetricValue left, MetricValue right) => !left.Equals(right);

    public override string ToString() => Kind switch
    {
        MetricKind.Number => _number.ToString("R", CultureInfo.InvariantCulture),
        MetricKind.Boolean => Boolean ? "true" : "false",
        _ => _text!,
    };
}
