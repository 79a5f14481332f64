using System.Collections.Immutable;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Builds a <see cref="LogRow"/> append by append, in memory that is used again for the next.</summary>
internal sealed class LogRowWriter
{
    private const int FirstCapacity = 256 * 1024;

    private readonly ByteBuffer _buffer = new(FirstCapacity);
    private readonly MetricNameTable _names = new();

    public int Length => _buffer.Length;

    public void Start()
    {
        _names.Clear();
        _buffer.Clear();
        var writer = new FieldWriter(_buffer);
        writer.WriteByte(LogRow.FormatVersion);
        writer.WriteFixed32(0);
        writer.Complete();
    }

    /// <returns>Offset of the record.</returns>
    public int Add(long device, long firstVersion, ImmutableArray<TwinEvent> events)
    {
        var offset = _buffer.Length;
        try
        {
            var writer = new FieldWriter(_buffer);
            writer.WriteVarint((ulong)device);
            writer.WriteVarint((ulong)firstVersion);
            writer.WriteVarint((ulong)events.Length);
            writer.WriteFixed32(0);
            writer.Complete();
            var start = _buffer.Length;
            foreach (var twinEvent in events)
                TwinEventCodec.Write(ref writer, twinEvent, _names);

            writer.Complete();
            _buffer.Overwrite32(start - 4, (uint)(_buffer.Length - start));
            return offset;
        }
        catch
        {
            _buffer.Truncate(offset);
            throw;
        }
    }

    /// <returns>The whole row, valid until the next <see cref="Start"/>.</returns>
    public ReadOnlySpan<byte> Finish()
    {
        _buffer.Overwrite32(1, (uint)_buffer.Length);
        var writer = new FieldWriter(_buffer);
        _names.Write(ref writer);
        writer.Complete();
        var checksum = LogRow.Checksum(_buffer.Written);
        writer.WriteFixed32(checksum);
        writer.Complete();
        return _buffer.Written;
    }
}
