using System.Buffers;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>A rule as it is stored. The first byte is the format version.</summary>
public static class RuleCodec
{
    private const byte Version = 1;

    public static void Encode(IBufferWriter<byte> target, Rule rule)
    {
        var writer = new FieldWriter(target);
        writer.WriteByte(Version);
        writer.WriteRule(rule.Id);
        writer.WriteText(rule.Name);
        writer.WriteOptionalText(rule.Description);
        writer.WriteText(rule.DeviceType);
        DescriptionFields.WriteTexts(ref writer, [.. rule.DeviceIds.Select(device => device.Value)]);
        writer.WriteText(rule.Condition.Metric.Value);
        writer.WriteByte((byte)rule.Condition.Operator);
        writer.WriteValue(rule.Condition.Threshold);
        writer.WriteSigned(rule.Condition.Duration.Ticks);
        writer.WriteByte(rule.ClearThreshold is null ? (byte)0 : (byte)1);
        if (rule.ClearThreshold is { } clear)
            writer.WriteNumber(clear);

        writer.WriteByte((byte)rule.Severity);
        writer.WriteByte(rule.Active ? (byte)1 : (byte)0);
        writer.WriteSigned(rule.Cooldown.Ticks);
        DescriptionFields.WriteTexts(ref writer, rule.Actions.Notifications);
        DescriptionFields.WriteTexts(ref writer, [.. rule.Actions.Webhooks.Select(webhook => webhook.OriginalString)]);
        writer.WriteByte((byte)rule.Actions.On);
        writer.WriteSigned(rule.Version);
        writer.Complete();
    }

    public static Rule Decode(ReadOnlySpan<byte> source)
    {
        var reader = new FieldReader(source);
        if (reader.ReadByte() is var version and not Version)
            throw new InvalidDataException($"A stored rule has format version {version}, which this release does not know.");

        return new Rule(
            reader.ReadRule(),
            reader.ReadText(),
            reader.ReadOptionalText(),
            reader.ReadText(),
            [.. DescriptionFields.ReadTexts(ref reader).Select(DeviceId.Parse)],
            new RuleCondition(
                KnownMetricNames.Get(reader.ReadTextBytes()),
                (ComparisonOperator)reader.ReadByte(),
                reader.ReadValue(),
                TimeSpan.FromTicks(reader.ReadSigned())),
            reader.ReadByte() == 0 ? null : reader.ReadNumber(),
            (Severity)reader.ReadByte(),
            reader.ReadByte() == 1,
            TimeSpan.FromTicks(reader.ReadSigned()),
            ReadActions(ref reader),
            reader.ReadSigned());
    }

    private static RuleActions ReadActions(ref FieldReader reader)
    {
        var notifications = DescriptionFields.ReadTexts(ref reader);
        var webhooks = DescriptionFields.ReadTexts(ref reader);
        return new(notifications, [.. webhooks.Select(address => new Uri(address, UriKind.RelativeOrAbsolute))], (AlertTransitions)reader.ReadByte());
    }
}
