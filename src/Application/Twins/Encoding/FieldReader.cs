using System.Buffers.Binary;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Reads what <see cref="FieldWriter"/> wrote. What is stored is our own and guarded by a checksum, so bytes that make no
/// sense are an <see cref="InvalidDataException"/>, not an answer.
/// </summary>
public ref struct FieldReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _position;

    public readonly int Position => _position;

    public readonly bool IsAtEnd => _position == _source.Length;

    public byte ReadByte() => _position < _source.Length ? _source[_position++] : throw Torn();

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException($"A stored integer before byte {_position} does not end.");
    }

    public long ReadSigned()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>A number of things to follow, each of which takes at least one byte: a broken one never makes a huge array.</summary>
    public int ReadCount()
    {
        var count = ReadVarint();
        return count <= (ulong)(_source.Length - _position) ? (int)count : throw Torn();
    }

    public ReadOnlySpan<byte> ReadBytes(int length)
    {
        if (length < 0 || length > _source.Length - _position)
            throw Torn();

        var bytes = _source.Slice(_position, length);
        _position += length;
        return bytes;
    }

    public ReadOnlySpan<byte> ReadTextBytes() => ReadBytes(ReadCount());

    public string ReadText() => System.Text.Encoding.UTF8.GetString(ReadTextBytes());

    public string? ReadOptionalText() => ReadByte() == 0 ? null : ReadText();

    private readonly InvalidDataException Torn() => new($"Stored bytes end at {_source.Length} in the middle of a field.");
}
