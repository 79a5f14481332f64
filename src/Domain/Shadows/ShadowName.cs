using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansIot.Domain.Shadows;

/// <summary>
/// Which shadow of a device: the classic one, which has no name, or a named one: 1 to 64 of <c>a-z A-Z 0-9 : _ -</c>, and
/// names that the platform reserves lead with <c>$</c>.
/// </summary>
public readonly record struct ShadowName : IComparable<ShadowName>
{
    public const int MaxLength = 64;
    public const string Rule = "1 to 64 of the characters a-z A-Z 0-9 : _ -, and $ before them in a reserved name";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    private readonly string? _value;

    private ShadowName(string value) => _value = value;

    public static ShadowName Classic => default;

    /// <summary>Empty for the classic shadow.</summary>
    public string Value => _value ?? string.Empty;

    public bool IsClassic => _value is null;

    /// <summary>Reads the name of a named shadow.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ShadowName name)
    {
        var valid = IsValid(text);
        name = valid ? new ShadowName(text!) : default;
        return valid;
    }

    /// <summary>From the UTF-8 bytes of a topic level.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ShadowName name)
    {
        name = default;
        return text.Length is > 0 and <= MaxLength && Ascii.IsValid(text) && TryParse(Encoding.ASCII.GetString(text), out name);
    }

    public static ShadowName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not the name of a shadow: {Rule}.");

    public int CompareTo(ShadowName other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(ShadowName left, ShadowName right) => left.CompareTo(right) < 0;
    public static bool operator >(ShadowName left, ShadowName right) => left.CompareTo(right) > 0;
    public static bool operator <=(ShadowName left, ShadowName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ShadowName left, ShadowName right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;

    private static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
            return false;

        var rest = text[0] == '$' ? text[1..] : text;
        return !rest.IsEmpty && !rest.ContainsAnyExcept(Allowed);
    }
}
