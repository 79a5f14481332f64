using System.Collections.Immutable;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Application.History.Chunks.ReadingChunkFormat;

namespace OrleansIot.Application.History.Chunks;

/// <summary>A chunk while it grows: ready at any time to be read, or stored as it is (see <see cref="ReadingChunkFormat"/>).</summary>
public sealed class ReadingChunkWriter
{
    private const int FirstCapacity = 256;

    // A device that never repeats a shape costs its own bytes, not a search through all of them.
    private const int ShapesSearched = 16;

    private readonly ByteBuffer _bytes = new(FirstCapacity);
    private readonly List<int[]> _shapes = [];
    private Column[] _columns = [];
    private int _columnCount;
    private long _lastAt;
    private int _lastShape;

    public ReadingChunkWriter() => Start();

    public int Count { get; private set; }

    public long FirstAt { get; private set; }

    public long LastAt { get; private set; }

    public int Length => _bytes.Length;

    public ReadOnlySpan<byte> Bytes => _bytes.Written;

    /// <summary>Begins another chunk, in the room that this one had.</summary>
    public void Start()
    {
        _bytes.Clear();
        _bytes.GetSpan(1)[0] = ReadingChunkFormat.Version;
        _bytes.Advance(1);
        _shapes.Clear();
        _columnCount = 0;
        (_lastAt, _lastShape) = (0, 0);
        (Count, FirstAt, LastAt) = (0, long.MaxValue, long.MinValue);
    }

    public void Add(Reading reading)
    {
        var at = reading.At.UnixMilliseconds;
        var writer = new FieldWriter(_bytes);
        writer.WriteSigned(at - _lastAt);
        writer.WriteSigned(reading.ReceivedAt.UnixMilliseconds - at);
        if (!reading.Flags.IsEmpty)
            WriteFlags(ref writer, reading.Flags);

        var shape = WriteShape(ref writer, reading.Metrics);
        for (var i = 0; i < shape.Length; i++)
            WriteValue(ref writer, ref _columns[shape[i]], reading.Metrics[i].Value);

        writer.Complete();
        _lastAt = at;
        FirstAt = Math.Min(FirstAt, at);
        LastAt = Math.Max(LastAt, at);
        Count++;
    }

    private void WriteFlags(ref FieldWriter writer, ImmutableArray<ReadingFlag> flags)
    {
        _bytes.Overwrite8(0, VersionWithFlags);
        writer.WriteVarint((ulong)_shapes.Count + 1);
        writer.WriteVarint((ulong)flags.Length);
        foreach (var flag in flags)
        {
            writer.WriteByte((byte)flag.Breach);
            WriteColumn(ref writer, flag.Metric);
        }
    }

    private int[] WriteShape(ref FieldWriter writer, ImmutableArray<Metric> metrics)
    {
        if (FindShape(metrics) is { } known)
        {
            writer.WriteVarint((ulong)known);
            _lastShape = known;
            return _shapes[known];
        }

        _lastShape = _shapes.Count;
        writer.WriteVarint((ulong)_lastShape);
        writer.WriteVarint((ulong)metrics.Length);
        var shape = new int[metrics.Length];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = WriteColumn(ref writer, metrics[i].Name);

        _shapes.Add(shape);
        return shape;
    }

    private int? FindShape(ImmutableArray<Metric> metrics)
    {
        if (_lastShape < _shapes.Count && Fits(_shapes[_lastShape], metrics))
            return _lastShape;

        for (var i = _shapes.Count - 1; i >= Math.Max(0, _shapes.Count - ShapesSearched); i--)
        {
            if (Fits(_shapes[i], metrics))
                return i;
        }

        return null;
    }

    private bool Fits(int[] shape, ImmutableArray<Metric> metrics)
    {
        if (shape.Length != metrics.Length)
            return false;

        for (var i = 0; i < shape.Length; i++)
        {
            if (_columns[shape[i]].Name != metrics[i].Name)
                return false;
        }

        return true;
    }

    private int WriteColumn(ref FieldWriter writer, MetricName name)
    {
        var column = 0;
        while (column < _columnCount && _columns[column].Name != name)
            column++;

        writer.WriteVarint((ulong)column);
        if (column < _columnCount)
            return column;

        writer.WriteText(name.Value);
        if (_columnCount == _columns.Length)
            Array.Resize(ref _columns, Math.Max(8, _columnCount * 2));

        _columns[_columnCount++] = new Column(name);
        return column;
    }

    private static void WriteValue(ref FieldWriter writer, ref Column column, MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Boolean:
                WriteForm(ref writer, ref column, value.Boolean ? Form.True : Form.False);
                break;

            case MetricKind.Text when column.Form == Form.Text && column.Text == value.Text:
                WriteDifference(ref writer, 0);
                break;

            case MetricKind.Text:
                WriteForm(ref writer, ref column, Form.Text);
                writer.WriteText(value.Text);
                column.Text = value.Text;
                break;

            default:
                WriteNumber(ref writer, ref column, value.Number);
                break;
        }
    }

    private static void WriteNumber(ref FieldWriter writer, ref Column column, double number)
    {
        if (column.Form < Form.Double && DecimalNumber.TryAt(number, (int)column.Form, out var mantissa))
        {
            WriteDifference(ref writer, mantissa - column.Mantissa);
            column.Mantissa = mantissa;
        }
        else if (DecimalNumber.TrySplit(number, out mantissa, out var places))
        {
            WriteForm(ref writer, ref column, (Form)places);
            writer.WriteSigned(mantissa);
            column.Mantissa = mantissa;
        }
        else if ((float)number == number)
        {
            WriteForm(ref writer, ref column, Form.Single);
            writer.WriteFixed32(BitConverter.SingleToUInt32Bits((float)number));
        }
        else
        {
            WriteForm(ref writer, ref column, Form.Double);
            writer.WriteFixed64(BitConverter.DoubleToUInt64Bits(number));
        }
    }

    private static void WriteForm(ref FieldWriter writer, ref Column column, Form form)
    {
        writer.WriteByte((byte)(((byte)form << 1) | 1));
        column.Form = form;
    }

    private static void WriteDifference(ref FieldWriter writer, long difference) =>
        writer.WriteVarint((ulong)((difference << 1) ^ (difference >> 63)) << 1);
}
