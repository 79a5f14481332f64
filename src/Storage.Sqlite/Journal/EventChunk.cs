using System.Buffers.Binary;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>
/// Events of one device that are no readings. Format version (1 byte), then per event its version (difference to the one
/// before) and the event; when it is stored, the CRC-32C of all before (4 bytes).
/// </summary>
internal sealed class EventChunk(long firstVersion)
{
    private const byte FormatVersion = 1;
    private const int FirstCapacity = 128;

    private readonly ByteBuffer _bytes = new(FirstCapacity);

    public long FirstVersion { get; } = firstVersion;

    public long LastVersion { get; private set; }

    public int Length => _bytes.Length;

    /// <summary>What there is so far, without the checksum.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Written;

    public void Add(long version, TwinEvent twinEvent)
    {
        var writer = new FieldWriter(_bytes);
        if (_bytes.Length == 0)
            writer.WriteByte(FormatVersion);

        writer.WriteVarint((ulong)(version - LastVersion));
        TwinEventCodec.Write(ref writer, twinEvent, names: null);
        writer.Complete();
        LastVersion = version;
    }

    /// <returns>As it is stored.</returns>
    public byte[] Finish()
    {
        var stored = new byte[_bytes.Length + LogRow.ChecksumLength];
        _bytes.Written.CopyTo(stored);
        BinaryPrimitives.WriteUInt32LittleEndian(stored.AsSpan(_bytes.Length), LogRow.Checksum(_bytes.Written));
        return stored;
    }

    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static List<JournaledEvent> ReadStored(ReadOnlySpan<byte> stored)
    {
        var end = stored.Length - LogRow.ChecksumLength;
        if (end < 1 || LogRow.Checksum(stored[..end]) != BinaryPrimitives.ReadUInt32LittleEndian(stored[end..]))
            throw new InvalidDataException("Their checksum does not fit.");

        return Read(stored[..end]);
    }

    public static List<JournaledEvent> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [FormatVersion, ..])
            throw new InvalidDataException("Stored events of a device have a format version that this release does not know.");

        var events = new List<JournaledEvent>();
        var reader = new FieldReader(bytes[1..]);
        for (long version = 0; !reader.IsAtEnd;)
        {
            version += (long)reader.ReadVarint();
            events.Add(new JournaledEvent(version, TwinEventCodec.Read(ref reader, names: null)));
        }

        return events;
    }
}
