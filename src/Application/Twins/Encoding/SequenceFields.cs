using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

internal static class SequenceFields
{
    public static void Write(ref FieldWriter writer, MessageSequence sequence)
    {
        writer.WriteFixed64(sequence.Boot);
        writer.WriteSigned(sequence.Number);
    }

    public static MessageSequence Read(ref FieldReader reader) => new(reader.ReadFixed64(), reader.ReadSigned());
}
