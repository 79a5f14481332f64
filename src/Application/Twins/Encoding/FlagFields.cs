using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>What about a reading its device's type does not allow: their number, then of each how and which metric.</summary>
internal static class FlagFields
{
    public static void Write(ref FieldWriter writer, ImmutableArray<ReadingFlag> flags, MetricNameTable? names)
    {
        writer.WriteVarint((ulong)flags.Length);
        foreach (var flag in flags)
        {
            writer.WriteByte((byte)flag.Breach);
            MetricNameTable.WriteName(ref writer, flag.Metric, names);
        }
    }

    public static ImmutableArray<ReadingFlag> Read(ref FieldReader reader, MetricNameTable? names)
    {
        var flags = new ReadingFlag[reader.ReadCount()];
        for (var i = 0; i < flags.Length; i++)
        {
            var breach = (Breach)reader.ReadByte();
            flags[i] = new(MetricNameTable.ReadName(ref reader, names), breach);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(flags);
    }
}
