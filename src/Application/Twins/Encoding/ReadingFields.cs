using System.Runtime.InteropServices;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>A reading by itself, its metric names written out.</summary>
public static class ReadingFields
{
    public static void Write(ref FieldWriter writer, Reading reading)
    {
        writer.WriteInstant(reading.At);
        writer.WriteSigned(reading.ReceivedAt.UnixMilliseconds - reading.At.UnixMilliseconds);
        writer.WriteVarint((ulong)reading.Metrics.Length);
        foreach (var metric in reading.Metrics)
        {
            writer.WriteText(metric.Name.Value);
            writer.WriteValue(metric.Value);
        }
    }

    public static Reading Read(ref FieldReader reader)
    {
        var at = reader.ReadInstant();
        var receivedAt = new Instant(at.UnixMilliseconds + reader.ReadSigned());
        var metrics = new Metric[reader.ReadCount()];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = new Metric(KnownMetricNames.Get(reader.ReadTextBytes()), reader.ReadValue());

        return new Reading(at, receivedAt, ImmutableCollectionsMarshal.AsImmutableArray(metrics));
    }
}
