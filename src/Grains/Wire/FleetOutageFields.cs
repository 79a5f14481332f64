using System.Buffers;
using System.Collections.Immutable;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Grains.Wire;

/// <summary>An outage of one silo's part of the fleet.</summary>
internal static class FleetOutageFields
{
    public static byte[] Encode(FleetOutage outage)
    {
        var target = new ArrayBufferWriter<byte>(256);
        var writer = new FieldWriter(target);
        Write(ref writer, outage);
        writer.Complete();
        return target.WrittenSpan.ToArray();
    }

    public static FleetOutage Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        return Read(ref reader);
    }

    public static void Write(ref FieldWriter writer, FleetOutage outage)
    {
        writer.WriteSigned(outage.Since.UnixMilliseconds);
        writer.WriteSigned(outage.Until.UnixMilliseconds);
        writer.WriteSigned(outage.Count);
        writer.WriteSigned(outage.Back);
        writer.WriteSigned(outage.Of);
        writer.WriteText(outage.Reason);
        writer.WriteVarint((ulong)outage.Sample.Length);
        foreach (var device in outage.Sample)
            writer.WriteText(device.Value);
        writer.WriteByte(outage.BackAt is null ? (byte)0 : (byte)1);
        if (outage.BackAt is { } backAt)
            writer.WriteSigned(backAt.UnixMilliseconds);
    }

    public static FleetOutage Read(ref FieldReader reader)
    {
        var since = new Instant(reader.ReadSigned());
        var until = new Instant(reader.ReadSigned());
        var (count, back, of) = ((int)reader.ReadSigned(), (int)reader.ReadSigned(), (int)reader.ReadSigned());
        var reason = reader.ReadText();
        var sample = ImmutableArray.CreateBuilder<DeviceId>();
        for (var left = reader.ReadCount(); left > 0; left--)
            sample.Add(DeviceId.Parse(reader.ReadText()));

        Instant? backAt = reader.ReadByte() == 0 ? null : new Instant(reader.ReadSigned());
        return new FleetOutage(since, until, count, back, of, reason, sample.DrainToImmutable(), backAt);
    }
}
