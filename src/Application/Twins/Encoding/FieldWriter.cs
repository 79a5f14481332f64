using System.Buffers;
using System.Buffers.Binary;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Writes the fields that everything stored is made of: variable-length integers (7 bits a byte, least significant first),
/// UTF-8 texts with their length before them, and numbers in as few bytes as keep them exact. Ends with <see cref="Complete"/>.
/// </summary>
public ref struct FieldWriter(IBufferWriter<byte> target)
{
    private const int LeastSpan = 512;

    private readonly IBufferWriter<byte> _target = target;
    private Span<byte> _span;
    private int _written;

    public void WriteByte(byte value)
    {
        Reserve(1);
        _span[_written++] = value;
    }

    public void WriteVarint(ulong value)
    {
        Reserve(10);
        var span = _span;
        var at = _written;
        while (value >= 0x80)
        {
            span[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[at++] = (byte)value;
        _written = at;
    }

    /// <summary>Zigzag: a small value of either sign takes few bytes.</summary>
    public void WriteSigned(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    public void WriteFixed32(uint value)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_span[_written..], value);
        _written += 4;
    }

    public void WriteFixed64(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_span[_written..], value);
        _written += 8;
    }

    public void WriteText(ReadOnlySpan<char> text)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(text);
        WriteVarint((ulong)length);
        Reserve(length);
        _written += System.Text.Encoding.UTF8.GetBytes(text, _span[_written..]);
    }

    /// <summary>A byte that says whether there is one, then the text.</summary>
    public void WriteOptionalText(string? text)
    {
        WriteByte(text is null ? (byte)0 : (byte)1);
        if (text is not null)
            WriteText(text);
    }

    /// <summary>The length, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarint((ulong)bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_written..]);
        _written += bytes.Length;
    }

    /// <summary>Hands the last fields to the target.</summary>
    public void Complete()
    {
        if (_written > 0)
            _target.Advance(_written);

        _span = default;
        _written = 0;
    }

    private void Reserve(int length)
    {
        if (_span.Length - _written < length)
            Renew(length);
    }

    private void Renew(int length)
    {
        Complete();
        _span = _target.GetSpan(Math.Max(length, LeastSpan));
    }
}
