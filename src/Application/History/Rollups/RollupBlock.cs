using System.Numerics;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>
/// The roll-ups of a device's metrics in one block of a resolution. Stored: format version (1 byte), then per metric its name, a bit
/// for each unit that has values, the length of what follows in bytes (4 bytes), and per such unit count, least, and where there are
/// two or more also greatest and sum.
/// </summary>
public sealed class RollupBlock(RollupLevel level)
{
    private const byte Version = 1;

    private readonly Dictionary<MetricName, Rollup[]> _metrics = [];

    public IEnumerable<KeyValuePair<MetricName, Rollup[]>> Metrics => _metrics;

    public void Add(MetricName metric, long at, double value) => UnitsOf(metric)[level.UnitInBlock(at)].Add(value);

    public void Add(MetricName metric, long at, in Rollup values) => UnitsOf(metric)[level.UnitInBlock(at)].Merge(values);

    /// <summary>Adds what is stored of the block.</summary>
    public void Merge(ReadOnlySpan<byte> stored)
    {
        var reader = Open(stored);
        while (!reader.IsAtEnd)
        {
            var units = UnitsOf(KnownMetricNames.Get(reader.ReadTextBytes()));
            var present = reader.ReadFixed64();
            reader.ReadFixed32();
            for (; present != 0; present &= present - 1)
                units[BitOperations.TrailingZeroCount(present)].Merge(ReadUnit(ref reader));
        }
    }

    public void Write(ByteBuffer target)
    {
        Begin(target);
        foreach (var (metric, units) in _metrics)
            WriteMetric(target, metric, units);
    }

    /// <summary>As several bodies, where a store bounds what one row may hold. A metric is in one of them, and each reads by itself.</summary>
    /// <param name="mostBytes">Far more than the roll-ups of one metric take.</param>
    public IReadOnlyList<byte[]> WriteParts(int mostBytes)
    {
        var parts = new List<byte[]>();
        var part = new ByteBuffer(1_024);
        Begin(part);
        var headLength = part.Length;
        foreach (var (metric, units) in _metrics)
        {
            var before = part.Length;
            WriteMetric(part, metric, units);
            if (part.Length <= mostBytes || before == headLength)
                continue;

            part.Truncate(before);
            parts.Add(part.Written.ToArray());
            part.Clear();
            Begin(part);
            WriteMetric(part, metric, units);
        }

        parts.Add(part.Written.ToArray());
        return parts;
    }

    /// <summary>Reads one metric without the others.</summary>
    /// <param name="units">Receives what is stored of them.</param>
    public static bool TryRead(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> metric, Span<Rollup> units)
    {
        units.Clear();
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
                units[BitOperations.TrailingZeroCount(present)] = ReadUnit(ref reader);

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

    private static void WriteMetric(ByteBuffer target, MetricName metric, Rollup[] units)
    {
        var writer = new FieldWriter(target);
        writer.WriteText(metric.Value);
        writer.WriteFixed64(Present(units));
        writer.WriteFixed32(0);
        writer.Complete();
        var start = target.Length;
        foreach (var unit in units)
            WriteUnit(ref writer, unit);

        writer.Complete();
        target.Overwrite32(start - sizeof(uint), (uint)(target.Length - start));
    }

    private static void WriteUnit(ref FieldWriter writer, in Rollup unit)
    {
        if (unit.Count == 0)
            return;

        writer.WriteVarint((ulong)unit.Count);
        writer.WriteNumber(unit.Min);
        if (unit.Count == 1)
            return;

        writer.WriteNumber(unit.Max);
        writer.WriteNumber(unit.Sum);
    }

    private static Rollup ReadUnit(ref FieldReader reader)
    {
        var count = (long)reader.ReadVarint();
        var min = reader.ReadNumber();
        return count == 1
            ? new Rollup { Count = 1, Min = min, Max = min, Sum = min }
            : new Rollup { Count = count, Min = min, Max = reader.ReadNumber(), Sum = reader.ReadNumber() };
    }

    private static ulong Present(Rollup[] units)
    {
        ulong present = 0;
        for (var i = 0; i < units.Length; i++)
            present |= units[i].Count > 0 ? 1ul << i : 0;

        return present;
    }

    private Rollup[] UnitsOf(MetricName metric)
    {
        if (!_metrics.TryGetValue(metric, out var units))
            _metrics.Add(metric, units = new Rollup[level.Units]);

        return units;
    }
}
