using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>The values of the domain as fields.</summary>
/// <remarks>
/// A metric's value is one variable-length integer: its lowest three bits are the number of decimal places (0 to 6) and the
/// rest is the zigzag mantissa; or they are 7 and the rest says what follows (<see cref="Form"/>).
/// </remarks>
public static class ValueFields
{
    private const int FormBits = 3;
    private const ulong FormMask = 7;

    private enum Form : ulong
    {
        Double = 0,
        Single = 1,
        False = 2,
        True = 3,
        Text = 4,
    }

    public static void WriteValue(this ref FieldWriter writer, MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Number:
                writer.WriteNumber(value.Number);
                break;
            case MetricKind.Boolean:
                writer.WriteForm(value.Boolean ? Form.True : Form.False);
                break;
            default:
                writer.WriteForm(Form.Text);
                writer.WriteText(value.Text);
                break;
        }
    }

    public static MetricValue ReadValue(this ref FieldReader reader)
    {
        var head = reader.ReadVarint();
        return (head & FormMask) != FormMask ? MetricValue.Of(Decimal(head)) : (Form)(head >> FormBits) switch
        {
            Form.False => MetricValue.Of(false),
            Form.True => MetricValue.Of(true),
            Form.Text => MetricValue.Of(reader.ReadText()),
            var form => MetricValue.Of(reader.ReadBinary(form)),
        };
    }

    public static void WriteNumber(this ref FieldWriter writer, double value)
    {
        if (DecimalNumber.TrySplit(value, out var mantissa, out var places))
        {
            writer.WriteVarint(((ulong)((mantissa << 1) ^ (mantissa >> 63)) << FormBits) | (uint)places);
        }
        else if ((float)value == value)
        {
            writer.WriteForm(Form.Single);
            writer.WriteFixed32(BitConverter.SingleToUInt32Bits((float)value));
        }
        else
        {
            writer.WriteForm(Form.Double);
            writer.WriteFixed64(BitConverter.DoubleToUInt64Bits(value));
        }
    }

    public static double ReadNumber(this ref FieldReader reader)
    {
        var head = reader.ReadVarint();
        return (head & FormMask) != FormMask ? Decimal(head) : reader.ReadBinary((Form)(head >> FormBits));
    }

    public static void WriteInstant(this ref FieldWriter writer, Instant instant) => writer.WriteSigned(instant.UnixMilliseconds);

    public static Instant ReadInstant(this ref FieldReader reader) => new(reader.ReadSigned());

    public static void WriteOptionalInstant(this ref FieldWriter writer, Instant? instant)
    {
        writer.WriteByte(instant is null ? (byte)0 : (byte)1);
        if (instant is { } there)
            writer.WriteInstant(there);
    }

    public static Instant? ReadOptionalInstant(this ref FieldReader reader) => reader.ReadByte() == 0 ? null : reader.ReadInstant();

    public static void WriteDevice(this ref FieldWriter writer, DeviceId device) => writer.WriteText(device.Value);

    public static DeviceId ReadDevice(this ref FieldReader reader) =>
        DeviceId.TryParse(reader.ReadTextBytes(), out var device) ? device : throw new InvalidDataException("A stored device id is not one.");

    public static void WriteRule(this ref FieldWriter writer, RuleId rule) => writer.WriteText(rule.Value);

    public static RuleId ReadRule(this ref FieldReader reader) => RuleId.Parse(reader.ReadText());

    public static void WriteAlertId(this ref FieldWriter writer, AlertId alert)
    {
        writer.WriteDevice(alert.Device);
        writer.WriteRule(alert.Rule);
        writer.WriteSigned(alert.Occurrence);
    }

    public static AlertId ReadAlertId(this ref FieldReader reader) => new(reader.ReadDevice(), reader.ReadRule(), reader.ReadSigned());

    private static void WriteForm(this ref FieldWriter writer, Form form) => writer.WriteByte((byte)(((ulong)form << FormBits) | FormMask));

    private static double Decimal(ulong head)
    {
        var zigzag = head >> FormBits;
        return DecimalNumber.Join((long)(zigzag >> 1) ^ -(long)(zigzag & 1), (int)(head & FormMask));
    }

    private static double ReadBinary(this ref FieldReader reader, Form form) => form switch
    {
        Form.Double => BitConverter.UInt64BitsToDouble(reader.ReadFixed64()),
        Form.Single => BitConverter.UInt32BitsToSingle(reader.ReadFixed32()),
        _ => throw new InvalidDataException($"A stored number has the unknown form {(ulong)form}."),
    };
}
