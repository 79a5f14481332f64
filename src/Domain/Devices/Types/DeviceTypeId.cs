using System.Diagnostics.CodeAnalysis;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>
/// The name of a device type: the same characters as a <see cref="DeviceId"/>. A device is of the type that its description
/// names; there letter case does not count, as with rules.
/// </summary>
public readonly record struct DeviceTypeId : IComparable<DeviceTypeId>
{
    public const string Rule = DeviceId.Rule;

    private readonly string? _value;

    private DeviceTypeId(string value) => _value = value;

    public string Value => _value ?? string.Empty;

    public static bool TryParse([NotNullWhen(true)] string? text, out DeviceTypeId type)
    {
        var valid = DeviceId.IsValid(text);
        type = valid ? new DeviceTypeId(text!) : default;
        return valid;
    }

    public static DeviceTypeId Parse(string text) =>
        TryParse(text, out var type) ? type : throw new FormatException($"'{text}' is not a device type id: {Rule}.");

    public int CompareTo(DeviceTypeId other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(DeviceTypeId left, DeviceTypeId right) => left.CompareTo(right) < 0;
    public static bool operator >(DeviceTypeId left, DeviceTypeId right) => left.CompareTo(right) > 0;
    public static bool operator <=(DeviceTypeId left, DeviceTypeId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(DeviceTypeId left, DeviceTypeId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;
}
