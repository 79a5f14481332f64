using System.Buffers;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>An alert as it is stored within an event, a snapshot, or a message of the outbox.</summary>
public static class AlertCodec
{
    private const byte Version = 1;

    public static void Encode(IBufferWriter<byte> target, Alert alert)
    {
        var writer = new FieldWriter(target);
        Write(ref writer, alert);
        writer.Complete();
    }

    public static Alert Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        return Read(ref reader);
    }

    public static void Write(ref FieldWriter writer, Alert alert)
    {
        writer.WriteByte(Version);
        writer.WriteAlertId(alert.Id);
        writer.WriteText(alert.RuleName);
        writer.WriteSigned(alert.RuleVersion);
        writer.WriteByte((byte)alert.Severity);
        writer.WriteText(alert.Condition);
        writer.WriteText(alert.Metric.Value);
        writer.WriteValue(alert.ActualValue);
        writer.WriteInstant(alert.TriggeredAt);
        writer.WriteByte((byte)alert.Status);
        writer.WriteOptionalInstant(alert.AcknowledgedAt);
        writer.WriteOptionalText(alert.AcknowledgedBy);
        writer.WriteOptionalInstant(alert.ResolvedAt);
        writer.WriteOptionalText(alert.ResolvedBy);
        writer.WriteByte(alert.Resolution is { } resolution ? (byte)(resolution + 1) : (byte)0);
    }

    public static Alert Read(ref FieldReader reader)
    {
        if (reader.ReadByte() is var version and not Version)
            throw new InvalidDataException($"A stored alert has format version {version}, which this release does not know.");

        return new Alert(
            reader.ReadAlertId(),
            reader.ReadText(),
            reader.ReadSigned(),
            (Severity)reader.ReadByte(),
            reader.ReadText(),
            KnownMetricNames.Get(reader.ReadTextBytes()),
            reader.ReadValue(),
            reader.ReadInstant())
        {
            Status = (AlertStatus)reader.ReadByte(),
            AcknowledgedAt = reader.ReadOptionalInstant(),
            AcknowledgedBy = reader.ReadOptionalText(),
            ResolvedAt = reader.ReadOptionalInstant(),
            ResolvedBy = reader.ReadOptionalText(),
            Resolution = reader.ReadByte() is > 0 and var resolution ? (AlertResolution)(resolution - 1) : null,
        };
    }
}
