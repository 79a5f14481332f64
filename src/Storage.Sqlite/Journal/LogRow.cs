using System.Buffers.Binary;
using System.Numerics;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>
/// The body of one row of the log: what one commit made durable. Format version (1 byte), place of the name table (4 bytes),
/// records, name table, CRC-32C of all before (4 bytes). A record: device, version of its first event, number of events,
/// their length in bytes (4 bytes), the events.
/// </summary>
internal sealed class LogRow
{
    public const byte FormatVersion = 1;
    public const int HeaderLength = 5;
    public const int ChecksumLength = 4;

    private readonly byte[] _body;
    private readonly int _recordsEnd;
    private readonly MetricNameTable _names;

    private LogRow(long position, byte[] body, int recordsEnd, MetricNameTable names)
    {
        Position = position;
        _body = body;
        _recordsEnd = recordsEnd;
        _names = names;
    }

    public long Position { get; }

    public int Length => _body.Length;

    /// <exception cref="StoreException">The row is not what was written.</exception>
    public static LogRow Parse(long position, ReadOnlySpan<byte> bytes)
    {
        var body = bytes.ToArray();
        var end = body.Length - ChecksumLength;
        if (end < HeaderLength || Checksum(body.AsSpan(0, end)) != BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(end)))
            throw Broken(position, "its checksum does not fit");

        if (body[0] != FormatVersion)
            throw Broken(position, $"its format version is {body[0]}, which this release does not know");

        var recordsEnd = (int)BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(1));
        var reader = new FieldReader(body.AsSpan(recordsEnd, end - recordsEnd));
        return new LogRow(position, body, recordsEnd, MetricNameTable.Read(ref reader));
    }

    /// <summary>Which devices a row that is not what was written names, as far as it can be read: for people, not to be relied on.</summary>
    public static IReadOnlyList<long> DevicesOfBroken(ReadOnlySpan<byte> bytes)
    {
        var devices = new List<long>();
        try
        {
            for (var rest = bytes[Math.Min(HeaderLength, bytes.Length)..]; rest.Length > ChecksumLength;)
            {
                var reader = new FieldReader(rest);
                var device = (long)reader.ReadVarint();
                reader.ReadVarint();
                reader.ReadCount();
                reader.ReadBytes((int)reader.ReadFixed32());
                devices.Add(device);
                rest = rest[reader.Position..];
            }
        }
        catch (InvalidDataException)
        {
            // What came before it is all there is.
        }

        return devices;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = ~0u;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));

        foreach (var last in bytes)
            sum = BitOperations.Crc32C(sum, last);

        return ~sum;
    }

    public IEnumerable<LogRecord> Records()
    {
        for (var offset = HeaderLength; offset < _recordsEnd;)
        {
            var record = RecordAt(offset);
            offset = record.EventsStart + record.EventsLength;
            yield return record;
        }
    }

    public LogRecord RecordAt(int offset)
    {
        var reader = new FieldReader(_body.AsSpan(offset, _recordsEnd - offset));
        var device = (long)reader.ReadVarint();
        var firstVersion = (long)reader.ReadVarint();
        var count = reader.ReadCount();
        var length = (int)reader.ReadFixed32();
        return new LogRecord(device, firstVersion, count, offset, offset + reader.Position, length);
    }

    public TwinEvent[] Events(LogRecord record)
    {
        var events = new TwinEvent[record.Count];
        var reader = new FieldReader(_body.AsSpan(record.EventsStart, record.EventsLength));
        for (var i = 0; i < events.Length; i++)
            events[i] = TwinEventCodec.Read(ref reader, _names);

        return events;
    }

    private static StoreException Broken(long position, string why) =>
        new($"The event log is damaged at position {position}: {why}. Restore the data directory from a backup, or run the command 'repair', which leaves this row out and says whose it was.") { Code = SqliteErrors.Damaged };
}

/// <summary>One device's append within a row.</summary>
/// <param name="Offset">Of the record; <paramref name="EventsStart"/> is that of its events.</param>
internal readonly record struct LogRecord(long Device, long FirstVersion, int Count, int Offset, int EventsStart, int EventsLength)
{
    public long LastVersion => FirstVersion + Count - 1;
}
