using System.Numerics;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>
/// The one-minute roll-ups of a device's metrics in one hour. Stored: format version (1 byte), then per metric its name, a bit
/// for each minute that has values, the length of what follows in bytes (4 bytes), and per such minute count, least, and where
/// there are two or more also greatest and sum.
/// </summary>
public sealed class HourRollups
{
    public const int Minutes = 60;
    public const long MinuteMilliseconds = 60_000;
    public const long HourMilliseconds = Minutes * MinuteMilliseconds;

    private const byte Version = 1;

    private readonly Dictionary<MetricName, MinuteRollup[]> _metrics = [];

    /// <summary>Hours since 1970, downwards: -1 is the last before.</summary>
    public static long HourOf(long at) => Floor(at, HourMilliseconds);

    public static long MinuteOf(long at) => Floor(at, MinuteMilliseconds);

    public void Add(MetricName metric, long at, double value) => MinutesOf(metric)[MinuteOf(at) - (HourOf(at) * Minutes)].Add(value);

    /// <summary>Adds what is stored of the hour.</summary>
    public void Merge(ReadOnlySpan<byte> stored)
    {
        var reader = Open(stored);
        while (!reader.IsAtEnd)
        {
            var minutes = MinutesOf(KnownMetricNames.Get(reader.ReadTextBytes()));
            var present = reader.ReadFixed64();
            reader.ReadFixed32();
            for (; present != 0; present &= present - 1)
                minutes[BitOperations.TrailingZeroCount(present)].Merge(ReadMinute(ref reader));
        }
    }

    public void Write(ByteBuffer target)
    {
        Begin(target);
        foreach (var (metric, minutes) in _metrics)
            WriteMetric(target, metric, minutes);
    }

    /// <summary>As several bodies, where a store bounds what one row may hold. A metric is in one of them, and each reads by itself.</summary>
    /// <param name="mostBytes">Far more than the roll-ups of one metric take.</param>
    public IReadOnlyList<byte[]> WriteParts(int mostBytes)
    {
        var parts = new List<byte[]>();
        var part = new ByteBuffer(1_024);
        Begin(part);
        var headLength = part.Length;
        foreach (var (metric, minutes) in _metrics)
        {
            var before = part.Length;
            WriteMetric(part, metric, minutes);
            if (part.Length <= mostBytes || before == headLength)
                continue;

            part.Truncate(before);
            parts.Add(part.Written.ToArray());
            part.Clear();
            Begin(part);
            WriteMetric(part, metric, minutes);
        }

        parts.Add(part.Written.ToArray());
        return parts;
    }

    /// <summary>Reads one metric without the others.</summary>
    /// <param name="minutes">Receives what is stored of its sixty minutes.</param>
    public static bool TryRead(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> metric, Span<MinuteRollup> minutes)
    {
        minutes.Clear();
        var reader = Open(stored);
        while (!reader.IsAtEnd)
        {
            var isWanted = reader.ReadTextBytes().SequenceEqual(metric);
            var present = reader.ReadFixed64();
            var length = (int)reader.ReadFixed32();
            if (!isWanted)
            {
                reader.ReadBytes(length);
                continue;
            }

            for (; present != 0; present &= present - 1)
                minutes[BitOperations.TrailingZeroCount(present)] = ReadMinute(ref reader);

            return true;
        }

        return false;
    }

    private static FieldReader Open(ReadOnlySpan<byte> stored)
    {
        var reader = new FieldReader(stored);
        return reader.ReadByte() is var version and not Version
            ? throw new InvalidDataException($"Stored roll-ups have format version {version}, which this release does not know.")
            : reader;
    }

    private static void Begin(ByteBuffer target)
    {
        var writer = new FieldWriter(target);
        writer.WriteByte(Version);
        writer.Complete();
    }

    private static void WriteMetric(ByteBuffer target, MetricName metric, MinuteRollup[] minutes)
    {
        var writer = new FieldWriter(target);
        writer.WriteText(metric.Value);
        writer.WriteFixed64(Present(minutes));
        writer.WriteFixed32(0);
        writer.Complete();
        var start = target.Length;
        foreach (var minute in minutes)
            WriteMinute(ref writer, minute);

        writer.Complete();
        target.Overwrite32(start - sizeof(uint), (uint)(target.Length - start));
    }

    private static void WriteMinute(ref FieldWriter writer, in MinuteRollup minute)
    {
        if (minute.Count == 0)
            return;

        writer.WriteVarint((ulong)minute.Count);
        writer.WriteNumber(minute.Min);
        if (minute.Count == 1)
            return;

        writer.WriteNumber(minute.Max);
        writer.WriteNumber(minute.Sum);
    }

    private static MinuteRollup ReadMinute(ref FieldReader reader)
    {
        var count = (long)reader.ReadVarint();
        var min = reader.ReadNumber();
        return count == 1
            ? new MinuteRollup { Count = 1, Min = min, Max = min, Sum = min }
            : new MinuteRollup { Count = count, Min = min, Max = reader.ReadNumber(), Sum = reader.ReadNumber() };
    }

    private static ulong Present(MinuteRollup[] minutes)
    {
        ulong present = 0;
        for (var i = 0; i < minutes.Length; i++)
            present |= minutes[i].Count > 0 ? 1ul << i : 0;

        return present;
    }

    private static long Floor(long value, long unit) => (value / unit) - (value % unit < 0 ? 1 : 0);

    private MinuteRollup[] MinutesOf(MetricName metric)
    {
        if (!_metrics.TryGetValue(metric, out var minutes))
            _metrics.Add(metric, minutes = new MinuteRollup[Minutes]);

        return minutes;
    }
}
