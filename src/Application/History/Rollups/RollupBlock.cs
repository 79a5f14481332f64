using System.Numerics;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>
/// The roll-ups of a device's metrics in one block of a resolution. Stored: format version (1 byte), then per metric its name, a bit
/// for each unit that has values, the length of what follows in bytes (4 bytes), and per such unit count, least, and where there are
/// two or more also greatest and sum.
/// </summary>
/// <remarks>
/// Version 2 has a byte more behind the length. 0: units as in version 1. 1 and more: each has a single value, which is a decimal of so
/// many places less one; of the first the mantissa, of the others the differences. A device that reports once a minute has nothing else.
/// </remarks>
public sealed class RollupBlock(RollupLevel level)
{
    private const byte FirstVersion = 1;
    private const byte Version = 2;
    private const byte AnyUnits = 0;

    private readonly Dictionary<MetricName, Rollup[]> _metrics = [];

    public IEnumerable<KeyValuePair<MetricName, Rollup[]>> Metrics => _metrics;

    public void Add(MetricName metric, long at, double value) => UnitsOf(metric)[level.UnitInBlock(at)].Add(value);

    public void Add(MetricName metric, long at, in Rollup values) => UnitsOf(metric)[level.UnitInBlock(at)].Merge(values);

    /// <summary>Adds what is stored of the block.</summary>
    public void Merge(ReadOnlySpan<byte> stored)
    {
        var reader = Open(stored, out var version);
        while (!reader.IsAtEnd)
        {
            var units = UnitsOf(KnownMetricNames.Get(reader.ReadTextBytes()));
            var present = reader.ReadFixed64();
            reader.ReadFixed32();
            var found = new StoredUnits(ref reader, version);
            for (; present != 0; present &= present - 1)
                units[BitOperations.TrailingZeroCount(present)].Merge(found.Next(ref reader));
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
        var reader = Open(stored, out var version);
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

            var found = new StoredUnits(ref reader, version);
            for (; present != 0; present &= present - 1)
                units[BitOperations.TrailingZeroCount(present)] = found.Next(ref reader);

            return true;
        }

        return false;
    }

    private static FieldReader Open(ReadOnlySpan<byte> stored, out byte version)
    {
        var reader = new FieldReader(stored);
        version = reader.ReadByte();
        return version is not (FirstVersion or Version)
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
        if (PlacesOfSingles(units) is { } places)
        {
            WriteSingles(ref writer, units, places);
        }
        else
        {
            writer.WriteByte(AnyUnits);
            foreach (var unit in units)
                WriteUnit(ref writer, unit);
        }

        writer.Complete();
        target.Overwrite32(start - sizeof(uint), (uint)(target.Length - start));
    }

    /// <returns>Null where a unit has several values, or one that is no decimal.</returns>
    private static int? PlacesOfSingles(Rollup[] units)
    {
        var most = 0;
        foreach (var unit in units)
        {
            if (unit.Count == 0)
                continue;

            if (unit.Count > 1 || !DecimalNumber.TrySplit(unit.Min, out _, out var places))
                return null;

            most = Math.Max(most, places);
        }

        // With all the places that one of them has, another may be too large.
        return units.All(unit => unit.Count == 0 || DecimalNumber.TryAt(unit.Min, most, out _)) ? most : null;
    }

    private static void WriteSingles(ref FieldWriter writer, Rollup[] units, int places)
    {
        writer.WriteByte((byte)(places + 1));
        long last = 0;
        foreach (var unit in units)
        {
            if (unit.Count == 0)
                continue;

            DecimalNumber.TryAt(unit.Min, places, out var mantissa);
            writer.WriteSigned(mantissa - last);
            last = mantissa;
        }
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
            ? Single(min)
            : new Rollup { Count = count, Min = min, Max = reader.ReadNumber(), Sum = reader.ReadNumber() };
    }

    private static Rollup Single(double value) => new() { Count = 1, Min = value, Max = value, Sum = value };

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

    /// <summary>Of one metric, one unit after the other.</summary>
    private struct StoredUnits
    {
        private readonly int _mode;
        private long _last;

        public StoredUnits(ref FieldReader reader, byte version)
        {
            _mode = version == FirstVersion ? AnyUnits : reader.ReadByte();
            if (_mode > DecimalNumber.MaxPlaces + 1)
                throw new InvalidDataException($"Stored roll-ups have the form {_mode}, which this release does not know.");
        }

        public Rollup Next(ref FieldReader reader)
        {
            if (_mode == AnyUnits)
                return ReadUnit(ref reader);

            _last += reader.ReadSigned();
            return Single(DecimalNumber.Join(_last, _mode - 1));
        }
    }
}
