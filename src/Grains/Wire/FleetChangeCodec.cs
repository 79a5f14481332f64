using System.Buffers;
using System.Diagnostics;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Grains.Wire;

/// <summary>A change in the fleet on its way to whoever watches from another silo.</summary>
internal static class FleetChangeCodec
{
    private enum Kind : byte
    {
        ReadingArrived = 1,
        StatusChanged = 2,
        AlertChanged = 3,
        Described = 4,
        OutageChanged = 5,
        ShadowChanged = 6,
    }

    public static void Encode(IBufferWriter<byte> target, FleetChange change)
    {
        var writer = new FieldWriter(target);
        writer.WriteByte((byte)KindOf(change));
        writer.WriteSigned(change.Missed);
        TwinCodec.Write(ref writer, change.Twin with { RecentMessages = RecentMessages.None });
        if (change is FleetChange.ReadingArrived arrived)
            ReadingFields.Write(ref writer, arrived.Reading);
        else if (change is FleetChange.AlertChanged alert)
            AlertCodec.Write(ref writer, alert.Alert);
        else if (change is FleetChange.OutageChanged outage)
            FleetOutageFields.Write(ref writer, outage.Outage);

        writer.Complete();
    }

    public static FleetChange Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        var kind = (Kind)reader.ReadByte();
        var missed = reader.ReadSigned();
        var twin = TwinCodec.Read(ref reader);
        FleetChange change = kind switch
        {
            Kind.ReadingArrived => new FleetChange.ReadingArrived(twin, ReadingFields.Read(ref reader)),
            Kind.StatusChanged => new FleetChange.StatusChanged(twin),
            Kind.AlertChanged => new FleetChange.AlertChanged(twin, AlertCodec.Read(ref reader)),
            Kind.Described => new FleetChange.Described(twin),
            Kind.OutageChanged => new FleetChange.OutageChanged(twin, FleetOutageFields.Read(ref reader)),
            Kind.ShadowChanged => new FleetChange.ShadowChanged(twin),
            _ => throw new InvalidDataException($"A change is of kind {(byte)kind}, which this release does not know."),
        };
        return missed == 0 ? change : change with { Missed = missed };
    }

    private static Kind KindOf(FleetChange change) => change switch
    {
        FleetChange.ReadingArrived => Kind.ReadingArrived,
        FleetChange.StatusChanged => Kind.StatusChanged,
        FleetChange.AlertChanged => Kind.AlertChanged,
        FleetChange.Described => Kind.Described,
        FleetChange.OutageChanged => Kind.OutageChanged,
        FleetChange.ShadowChanged => Kind.ShadowChanged,
        _ => throw new UnreachableException(),
    };
}
