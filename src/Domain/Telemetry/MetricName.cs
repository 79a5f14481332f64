using System.Diagnostics.CodeAnalysis;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// The name of one measured quantity of a device: 1 to 128 characters, none of them a control character. A leading <c>$</c>
/// is kept for what the platform itself knows of a device (<see cref="Status"/>); a device cannot report such a metric.
/// </summary>
public readonly record struct MetricName : IComparable<MetricName>
{
    public const int MaxLength = 128;

    /// <summary>The device's status (online, offline, maintenance) as rules see it.</summary>
    public static readonly MetricName Status = new("$status");

    private readonly string? _value;

    private MetricName(string value) => _value = value;

    public string Value => _value ?? string.Empty;

    /// <summary>Whether the platform, not the device, supplies the value.</summary>
    public bool IsBuiltIn => Value.StartsWith('$');

    /// <summary>A name that a device may report.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MetricName name)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && text[0] != '$' && !HasControl(text);
        name = valid ? new MetricName(text!) : default;
        return valid;
    }

    /// <summary>A name that a rule may look at: what a device may report, or one that is built in.</summary>
    public static bool TryParseForRule([NotNullWhen(true)] string? text, out MetricName name)
    {
        if (text == Status.Value)
        {
            name = Status;
            return true;
        }

        return TryParse(text, out name);
    }

    public static MetricName Parse(string text) =>
        TryParseForRule(text, out var name) ? name : throw new FormatException($"'{text}' is not a metric name.");

    public int CompareTo(MetricName other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(MetricName left, MetricName right) => left.CompareTo(right) < 0;
    public static bool operator >(MetricName left, MetricName right) => left.CompareTo(right) > 0;
    public static bool operator <=(MetricName left, MetricName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(MetricName left, MetricName right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;

    // By hand: this runs for each metric of each reading, and the enumerator of Any would be its only allocation.
    private static bool HasControl(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return true;
        }

        return false;
    }
}
