using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Chunks;

/// <summary>
/// A chunk is the readings of one device in the order in which they came. Format version (1 byte), then per reading: time
/// measured (difference to the reading before), time received (difference to the former), shape, values. A shape is the list
/// of metrics that a reading has; its first use is followed by its metrics, and the first use of a metric by its name.
/// </summary>
/// <remarks>
/// A value is one variable-length integer: even, the difference (zigzag) to the metric's value before, in the form that it has;
/// odd, a new <see cref="Form"/>, with the value behind it. Measured values are mostly rounded and near their last, so a
/// reading of six metrics takes about 20 bytes. Row by row rather than by column, because a chunk is then always ready: to be
/// read by a query, and to be stored as it is.
/// A flagged reading has, where its shape is due, the number after that of a new shape; then the number of flags, of each its
/// <see cref="Breach"/> and metric, and then the shape. A chunk that has one is of version 2.
/// </remarks>
internal static class ReadingChunkFormat
{
    public const byte Version = 1;

    /// <summary>The same, with flagged readings among them.</summary>
    public const byte VersionWithFlags = 2;

    /// <summary>0 to <see cref="DecimalNumber.MaxPlaces"/>: a number with so many decimal places.</summary>
    public enum Form : byte
    {
        Double = DecimalNumber.MaxPlaces + 1,
        Single,
        False,
        True,
        Text,
        None,
    }

    /// <summary>The last value of a metric within the chunk.</summary>
    public struct Column(MetricName name)
    {
        public readonly MetricName Name = name;
        public Form Form = Form.None;
        public long Mantissa;
        public string? Text;
    }
}
