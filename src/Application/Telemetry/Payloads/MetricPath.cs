using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>The dash-separated name of the place where a reader stands: <c>disk-root-used</c>, <c>cpu-percent-0</c>.</summary>
internal ref struct MetricPath(Span<byte> bytes, Span<int> lengths)
{
    /// <summary>Room for any valid name: a character takes at most three bytes of UTF-8 for each of its UTF-16 units.</summary>
    public const int BufferLength = MetricName.MaxLength * 3;

    private const byte Separator = (byte)'-';

    private readonly Span<byte> _bytes = bytes;
    private readonly Span<int> _lengths = lengths; // of the prefix that each open object or array gives its members
    private int _depth = -1;

    /// <summary>Length of the name of the current member; 0 for the root.</summary>
    private int _length;

    public readonly ReadOnlySpan<byte> Name => _bytes[.._length];

    /// <summary>Begins an object or array at the current place.</summary>
    public void Open() => _lengths[++_depth] = _length;

    public void Close() => _depth--;

    /// <summary>Names the current member by the property name that the reader stands on. False where no valid name can come of it.</summary>
    public bool TryName(scoped in Utf8JsonReader json)
    {
        // An escape takes at most six bytes for one.
        var start = Start();
        if (json.ValueSpan.Length == 0 || json.ValueSpan.Length > (_bytes.Length - start) * (json.ValueIsEscaped ? 6 : 1))
            return false;

        if (!json.ValueIsEscaped)
        {
            json.ValueSpan.CopyTo(_bytes[start..]);
            _length = start + json.ValueSpan.Length;
            return true;
        }

        Span<byte> unescaped = stackalloc byte[json.ValueSpan.Length];
        var length = json.CopyString(unescaped);
        if (length > _bytes.Length - start)
            return false;

        unescaped[..length].CopyTo(_bytes[start..]);
        _length = start + length;
        return true;
    }

    /// <summary>Names the current member by its place in an array.</summary>
    public bool TryName(int index)
    {
        var start = Start();
        if (!Utf8Formatter.TryFormat(index, _bytes[start..], out var written))
            return false;

        _length = start + written;
        return true;
    }

    public override readonly string ToString() => Encoding.UTF8.GetString(Name);

    private readonly int Start()
    {
        var prefix = _lengths[_depth];
        if (prefix == 0)
            return 0;
        if (prefix == _bytes.Length)
            return prefix;

        _bytes[prefix] = Separator;
        return prefix + 1;
    }
}
