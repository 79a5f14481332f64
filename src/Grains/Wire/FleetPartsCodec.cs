using System.Buffers;
using System.Collections.Immutable;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Grains.Wire;

/// <summary>One silo's sites, groups and types on their way to whoever makes the whole of them.</summary>
internal static class FleetPartsCodec
{
    public static void Encode(IBufferWriter<byte> target, FleetParts parts)
    {
        var writer = new FieldWriter(target);
        Write(ref writer, parts.Sites);
        Write(ref writer, parts.Groups);
        Write(ref writer, parts.Types);
        writer.Complete();
    }

    public static FleetParts Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);

        // A silo of a release before this one counts no types.
        return new FleetParts(Read(ref reader), Read(ref reader), reader.IsAtEnd ? [] : Read(ref reader));
    }

    private static void Write(ref FieldWriter writer, ImmutableArray<FleetPart> parts)
    {
        writer.WriteVarint((ulong)parts.Length);
        foreach (var part in parts)
        {
            writer.WriteText(part.Name);
            foreach (var count in (ReadOnlySpan<int>)[part.Devices, part.Online, part.Offline, part.Unknown, part.Maintenance, part.OpenAlerts])
                writer.WriteVarint((ulong)count);

            writer.WriteByte(part.Worst is { } worst ? (byte)(worst + 1) : (byte)0);
        }
    }

    private static ImmutableArray<FleetPart> Read(ref FieldReader reader)
    {
        var parts = ImmutableArray.CreateBuilder<FleetPart>();
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            parts.Add(new FleetPart(
                reader.ReadText(),
                (int)reader.ReadVarint(),
                (int)reader.ReadVarint(),
                (int)reader.ReadVarint(),
                (int)reader.ReadVarint(),
                (int)reader.ReadVarint(),
                (int)reader.ReadVarint(),
                reader.ReadByte() is > 0 and var worst ? (Severity)(worst - 1) : null));
        }

        return parts.DrainToImmutable();
    }
}
