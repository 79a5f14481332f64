using System.Runtime.InteropServices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// Metric names that many stored events share, kept once beside them; an event then names each by its place. A name is a
/// place counted from 1, or 0 with the text behind it where there is no table.
/// </summary>
public sealed class MetricNameTable
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<MetricName> _names = [];

    public int Count => _names.Count;

    public void Clear()
    {
        _places.Clear();
        _names.Clear();
    }

    public void Write(ref FieldWriter writer)
    {
        writer.WriteVarint((ulong)_names.Count);
        foreach (var name in _names)
            writer.WriteText(name.Value);
    }

    /// <summary>A table for reading only.</summary>
    public static MetricNameTable Read(ref FieldReader reader)
    {
        var table = new MetricNameTable();
        for (var count = reader.ReadCount(); count > 0; count--)
            table._names.Add(KnownMetricNames.Get(reader.ReadTextBytes()));

        return table;
    }

    internal static void WriteName(ref FieldWriter writer, MetricName name, MetricNameTable? table)
    {
        if (table is not null)
        {
            writer.WriteVarint((ulong)table.PlaceOf(name));
            return;
        }

        writer.WriteByte(0);
        writer.WriteText(name.Value);
    }

    internal static MetricName ReadName(ref FieldReader reader, MetricNameTable? table)
    {
        var place = reader.ReadVarint();
        if (place == 0)
            return KnownMetricNames.Get(reader.ReadTextBytes());

        return table is not null && place <= (ulong)table._names.Count
            ? table._names[(int)place - 1]
            : throw new InvalidDataException($"A stored event names metric {place} of a table that does not have it.");
    }

    private int PlaceOf(MetricName name)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, name.Value, out var known);
        if (!known)
        {
            _names.Add(name);
            place = _names.Count;
        }

        return place;
    }
}
