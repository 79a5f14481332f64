using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Wire;

/// <summary>A decision on its way back: what happened, in the form in which it was stored; or why nothing did.</summary>
internal static class DecisionCodec
{
    private enum Kind : byte
    {
        Accepted = 1,
        Rejected = 2,
    }

    public static void Encode(IBufferWriter<byte> target, Decision decision)
    {
        var writer = new FieldWriter(target);
        switch (decision)
        {
            case Decision.Accepted accepted:
                writer.WriteByte((byte)Kind.Accepted);
                writer.WriteVarint((ulong)accepted.Events.Length);
                foreach (var happened in accepted.Events)
                    TwinEventCodec.Write(ref writer, happened, names: null);

                break;

            case Decision.Rejected rejected:
                writer.WriteByte((byte)Kind.Rejected);
                writer.WriteText(rejected.Reason.Code);
                writer.WriteText(rejected.Reason.Detail);
                break;

            default:
                throw new UnreachableException();
        }

        writer.Complete();
    }

    public static Decision Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        return (Kind)reader.ReadByte() switch
        {
            Kind.Accepted => ReadAccepted(ref reader),
            Kind.Rejected => new Decision.Rejected(new TwinRejection(reader.ReadText(), reader.ReadText())),
            var kind => throw new InvalidDataException($"A decision is of kind {(byte)kind}, which this release does not know."),
        };
    }

    private static Decision.Accepted ReadAccepted(ref FieldReader reader)
    {
        var count = reader.ReadCount();
        if (count == 0)
            return Decision.Accepted.Unchanged;

        var events = ImmutableArray.CreateBuilder<TwinEvent>(count);
        for (var i = 0; i < count; i++)
            events.Add(TwinEventCodec.Read(ref reader, names: null));

        return new Decision.Accepted(events.MoveToImmutable());
    }
}
