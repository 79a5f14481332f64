using System.Buffers;
using System.Buffers.Binary;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>Bytes that grow at the end, are used again after <see cref="Clear"/>, and can be corrected in place.</summary>
public sealed class ByteBuffer(int capacity) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after the first bytes.</summary>
    public void Truncate(int length) => Length = length;

    public void Advance(int count) => Length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(1, sizeHint));
        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(1, sizeHint));
        return _bytes.AsMemory(Length);
    }

    /// <summary>As <see cref="FieldWriter.WriteVarint"/>, where a few numbers are all there is: takes no more room than they need.</summary>
    public void WriteVarint(ulong value)
    {
        Ensure(10);
        for (; value >= 0x80; value >>= 7)
            _bytes[Length++] = (byte)(value | 0x80);

        _bytes[Length++] = (byte)value;
    }

    public void Overwrite8(int offset, byte value) => _bytes[offset] = value;

    public void Overwrite32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);

    // By half: there is one for each device with readings of the last minutes, and what doubling leaves empty adds up.
    private void Ensure(int room)
    {
        if (_bytes.Length - Length < room)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length + (_bytes.Length / 2), Length + room));
    }
}
