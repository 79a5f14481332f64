using System.Buffers.Text;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Walks over the blank-separated words of a line from /proc without allocating.</summary>
internal ref struct Fields(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>The next word, empty at the end of the line.</summary>
    public ReadOnlySpan<byte> Next()
    {
        _rest = _rest.TrimStart(" \t"u8);
        var end = _rest.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..];
        return word;
    }

    /// <summary>The next word as a number, 0 when it is none: an old kernel has fewer columns.</summary>
    public long NextNumber() => Utf8Parser.TryParse(Next(), out long value, out _) ? value : 0;

    public double NextFraction() => Utf8Parser.TryParse(Next(), out double value, out _) ? value : 0;

    public void Skip(int words)
    {
        while (words-- > 0)
            Next();
    }
}
