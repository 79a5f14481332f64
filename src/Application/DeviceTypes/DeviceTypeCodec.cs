using System.Buffers;
using System.Collections.Immutable;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>A device type as it is stored. The first byte is the format version.</summary>
public static class DeviceTypeCodec
{
    private const byte Version = 1;

    [Flags]
    private enum Parts : byte
    {
        Min = 1,
        Max = 2,
        Required = 4,
        Transform = 8,
    }

    public static void Encode(IBufferWriter<byte> target, DeviceType type)
    {
        var writer = new FieldWriter(target);
        writer.WriteByte(Version);
        writer.WriteText(type.Id.Value);
        writer.WriteText(type.Name);
        writer.WriteOptionalText(type.Description);
        writer.WriteByte((byte)type.OnBreach);
        writer.WriteByte(type.Strict ? (byte)1 : (byte)0);
        writer.WriteSigned(type.Version);
        writer.WriteVarint((ulong)type.Metrics.Length);
        foreach (var metric in type.Metrics)
            WriteMetric(ref writer, metric);

        writer.WriteVarint((ulong)type.Derived.Length);
        foreach (var metric in type.Derived)
        {
            writer.WriteText(metric.Name.Value);
            writer.WriteText(metric.Text);
            writer.WriteOptionalText(metric.Unit);
            writer.WriteOptionalText(metric.Description);
        }

        writer.Complete();
    }

    public static DeviceType Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        if (reader.ReadByte() is var version and not Version)
            throw new InvalidDataException($"A stored device type has format version {version}, which this release does not know.");

        var type = new DeviceType(
            DeviceTypeId.Parse(reader.ReadText()),
            reader.ReadText(),
            reader.ReadOptionalText(),
            Metrics: [],
            Derived: [],
            (BreachPolicy)reader.ReadByte(),
            reader.ReadByte() == 1,
            reader.ReadSigned());
        return type with { Metrics = ReadMetrics(ref reader), Derived = ReadDerived(ref reader) };
    }

    private static void WriteMetric(ref FieldWriter writer, MetricSchema metric)
    {
        writer.WriteText(metric.Name.Value);
        writer.WriteByte((byte)metric.Kind);
        writer.WriteByte((byte)(
            (metric.Min is null ? 0 : Parts.Min) | (metric.Max is null ? 0 : Parts.Max) | (metric.Required ? Parts.Required : 0) | (metric.Transform is null ? 0 : Parts.Transform)));
        writer.WriteOptionalText(metric.Unit);
        writer.WriteOptionalText(metric.Description);
        if (metric.Min is { } min)
            writer.WriteNumber(min);

        if (metric.Max is { } max)
            writer.WriteNumber(max);

        if (metric.Transform is { } transform)
        {
            writer.WriteOptionalText(transform.From);
            writer.WriteNumber(transform.Scale);
            writer.WriteNumber(transform.Offset);
        }
    }

    private static ImmutableArray<MetricSchema> ReadMetrics(ref FieldReader reader)
    {
        var metrics = ImmutableArray.CreateBuilder<MetricSchema>();
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var name = KnownMetricNames.Get(reader.ReadTextBytes());
            var kind = (MetricKind)reader.ReadByte();
            var parts = (Parts)reader.ReadByte();
            var (unit, description) = (reader.ReadOptionalText(), reader.ReadOptionalText());
            double? min = parts.HasFlag(Parts.Min) ? reader.ReadNumber() : null;
            double? max = parts.HasFlag(Parts.Max) ? reader.ReadNumber() : null;
            var transform = parts.HasFlag(Parts.Transform) ? new UnitTransform(reader.ReadOptionalText(), reader.ReadNumber(), reader.ReadNumber()) : null;
            metrics.Add(new(name, kind, unit, min, max, parts.HasFlag(Parts.Required), description, transform));
        }

        return metrics.DrainToImmutable();
    }

    private static ImmutableArray<DerivedMetric> ReadDerived(ref FieldReader reader)
    {
        var derived = ImmutableArray.CreateBuilder<DerivedMetric>();
        for (var count = reader.ReadCount(); count > 0; count--)
            derived.Add(new(KnownMetricNames.Get(reader.ReadTextBytes()), reader.ReadText(), reader.ReadOptionalText(), reader.ReadOptionalText()));

        return derived.DrainToImmutable();
    }
}
