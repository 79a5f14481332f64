using System.Buffers;
using System.Text;

namespace OrleansIot.Domain.Access;

/// <summary>One value of a variable, as the bytes that topics are made of.</summary>
internal sealed class PolicyValue(string text, bool canSubstitute)
{
    private const int MaxLength = 1_024;

    // AWS leaves these alone only in what a certificate says. A '+' or '#' in a client id or in an attribute of a thing would widen a filter all the same.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create("*$+?#");
    private static readonly SearchValues<char> UnsafeInClientId = SearchValues.Create("*+#");

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>Whether it may stand in a resource; where not, the resource matches nothing.</summary>
    public bool CanSubstitute { get; } = canSubstitute && text.Length is > 0 and <= MaxLength;

    public static PolicyValue[] OfClientId(string text) => [new(text, !text.AsSpan().ContainsAny(UnsafeInClientId))];

    public static PolicyValue[] Of(params ReadOnlySpan<string> texts)
    {
        var values = new PolicyValue[texts.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = new(texts[i], !texts[i].AsSpan().ContainsAny(Unsafe));

        return values;
    }
}
