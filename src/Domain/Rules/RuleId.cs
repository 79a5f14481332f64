using System.Diagnostics.CodeAnalysis;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Rules;

/// <summary>The name of a rule: the same characters as a <see cref="DeviceId"/>.</summary>
public readonly record struct RuleId : IComparable<RuleId>
{
    public const string Rule = DeviceId.Rule;

    private readonly string? _value;

    private RuleId(string value) => _value = value;

    public string Value => _value ?? string.Empty;

    public static bool TryParse([NotNullWhen(true)] string? text, out RuleId rule)
    {
        var valid = DeviceId.IsValid(text);
        rule = valid ? new RuleId(text!) : default;
        return valid;
    }

    public static RuleId Parse(string text) =>
        TryParse(text, out var rule) ? rule : throw new FormatException($"'{text}' is not a rule id: {Rule}.");

    public int CompareTo(RuleId other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(RuleId left, RuleId right) => left.CompareTo(right) < 0;
    public static bool operator >(RuleId left, RuleId right) => left.CompareTo(right) > 0;
    public static bool operator <=(RuleId left, RuleId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(RuleId left, RuleId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;
}
