using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Application.History.Chunks.ReadingChunkFormat;

namespace OrleansIot.Application.History.Chunks;

/// <summary>Goes through the readings of a chunk in the order in which they came (see <see cref="ReadingChunkFormat"/>).</summary>
public sealed class ReadingChunkReader
{
    private readonly byte[] _chunk;
    private readonly List<Shape> _shapes = [];
    private Column[] _columns = [];
    private int _columnCount;
    private Shape _shape = new([], []);
    private MetricValue[] _values = [];
    private ImmutableArray<ReadingFlag> _flags = [];
    private int _position = 1;

    public ReadingChunkReader(byte[] chunk)
    {
        _chunk = chunk;
        if (chunk is not [ReadingChunkFormat.Version or VersionWithFlags, ..])
            throw new InvalidDataException("A stored chunk of readings has a format version that this release does not know.");
    }

    public long At { get; private set; }

    public long ReceivedAt { get; private set; }

    public ReadOnlySpan<MetricName> Names => _shape.Names;

    public ReadOnlySpan<MetricValue> Values => _values.AsSpan(0, _shape.Columns.Length);

    /// <summary>Goes to the next reading; false at the end.</summary>
    public bool Read()
    {
        if (_position == _chunk.Length)
            return false;

        var reader = new FieldReader(_chunk.AsSpan(_position));
        At += reader.ReadSigned();
        ReceivedAt = At + reader.ReadSigned();
        _flags = [];
        _shape = ReadShape(ref reader);
        if (_values.Length < _shape.Columns.Length)
            _values = new MetricValue[_shape.Columns.Length];

        for (var i = 0; i < _shape.Columns.Length; i++)
            _values[i] = ReadValue(ref reader, ref _columns[_shape.Columns[i]]);

        _position += reader.Position;
        return true;
    }

    public Reading ToReading()
    {
        var metrics = new Metric[_shape.Columns.Length];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = new Metric(_shape.Names[i], _values[i]);

        return new Reading(new Instant(At), new Instant(ReceivedAt), ImmutableCollectionsMarshal.AsImmutableArray(metrics)) { Flags = _flags };
    }

    private Shape ReadShape(ref FieldReader reader)
    {
        var index = reader.ReadVarint();
        if (index < (ulong)_shapes.Count)
            return _shapes[(int)index];

        if (index == (ulong)_shapes.Count + 1 && _chunk[0] == VersionWithFlags && _flags.IsEmpty)
        {
            _flags = ReadFlags(ref reader);
            return ReadShape(ref reader);
        }

        var columns = new int[reader.ReadCount()];
        var names = new MetricName[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ReadColumn(ref reader);
            names[i] = _columns[columns[i]].Name;
        }

        var shape = new Shape(columns, names);
        _shapes.Add(shape);
        return shape;
    }

    private ImmutableArray<ReadingFlag> ReadFlags(ref FieldReader reader)
    {
        var flags = new ReadingFlag[reader.ReadCount()];
        for (var i = 0; i < flags.Length; i++)
        {
            var breach = (Breach)reader.ReadByte();
            var column = ReadColumn(ref reader); // before the columns are looked at: it may make room for more
            flags[i] = new(_columns[column].Name, breach);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(flags);
    }

    private int ReadColumn(ref FieldReader reader)
    {
        var column = reader.ReadVarint();
        if (column < (ulong)_columnCount)
            return (int)column;

        if (_columnCount == _columns.Length)
            Array.Resize(ref _columns, Math.Max(8, _columnCount * 2));

        _columns[_columnCount] = new Column(KnownMetricNames.Get(reader.ReadTextBytes()));
        return _columnCount++;
    }

    private static MetricValue ReadValue(ref FieldReader reader, ref Column column)
    {
        var head = reader.ReadVarint();
        if ((head & 1) == 0)
            return Repeat(ref column, head >> 1);

        column.Form = (Form)(head >> 1);
        switch (column.Form)
        {
            case Form.Double:
                return MetricValue.Of(BitConverter.UInt64BitsToDouble(reader.ReadFixed64()));
            case Form.Single:
                return MetricValue.Of(BitConverter.UInt32BitsToSingle(reader.ReadFixed32()));
            case Form.False:
                return MetricValue.Of(false);
            case Form.True:
                return MetricValue.Of(true);
            case Form.Text:
                column.Text = reader.ReadText();
                return MetricValue.Of(column.Text);
            case < Form.Double:
                column.Mantissa = reader.ReadSigned();
                return MetricValue.Of(DecimalNumber.Join(column.Mantissa, (int)column.Form));
            default:
                throw new InvalidDataException($"A stored value has the form {head >> 1}, which this release does not know.");
        }
    }

    private static MetricValue Repeat(ref Column column, ulong zigzag)
    {
        if (column.Form == Form.Text)
            return MetricValue.Of(column.Text!);

        if (column.Form >= Form.Double)
            throw new InvalidDataException("A stored value is a difference to one that is no decimal.");

        column.Mantissa += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        return MetricValue.Of(DecimalNumber.Join(column.Mantissa, (int)column.Form));
    }

    private sealed record Shape(int[] Columns, MetricName[] Names);
}
