using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansIot.Domain.Devices;

/// <summary>
/// The name of a device: 1 to 128 of <c>a-z A-Z 0-9 : _ -</c>, the rule of an AWS IoT thing name, so that a device keeps its
/// name when it moves here.
/// </summary>
public readonly record struct DeviceId : IComparable<DeviceId>
{
    public const int MaxLength = 128;
    public const string Rule = "1 to 128 of the characters a-z A-Z 0-9 : _ -";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);
    private static readonly SearchValues<byte> AllowedBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Alphabet));

    private readonly string? _value;

    private DeviceId(string value) => _value = value;

    public string Value => _value ?? string.Empty;

    public static bool TryParse([NotNullWhen(true)] string? text, out DeviceId device)
    {
        var valid = IsValid(text);
        device = valid ? new DeviceId(text!) : default;
        return valid;
    }

    /// <summary>From the UTF-8 bytes of a topic level.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DeviceId device)
    {
        var valid = text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(AllowedBytes);
        device = valid ? new DeviceId(Encoding.ASCII.GetString(text)) : default;
        return valid;
    }

    public static DeviceId Parse(string text) =>
        TryParse(text, out var device) ? device : throw new FormatException($"'{text}' is not a device id: {Rule}.");

    public int CompareTo(DeviceId other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(DeviceId left, DeviceId right) => left.CompareTo(right) < 0;
    public static bool operator >(DeviceId left, DeviceId right) => left.CompareTo(right) > 0;
    public static bool operator <=(DeviceId left, DeviceId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(DeviceId left, DeviceId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;

    internal static bool IsValid(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(Allowed);
}
