using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace OrleansIot.Grains.Wire;

/// <summary>
/// A type of the domain between two silos, in the form in which it is stored: one encoding to keep readable, and the domain
/// knows nothing of Orleans. Serves all cases of a closed family.
/// </summary>
internal abstract class StoredFormCodec<T> : IFieldCodec<T>, IDerivedTypeCodec
    where T : class
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_scratch;

    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, T? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, typeof(T), value))
            return;

        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T), WireType.LengthPrefixed);
        var scratch = s_scratch ??= new ArrayBufferWriter<byte>(1_024);
        scratch.ResetWrittenCount();
        Encode(scratch, value);
        writer.WriteVarUInt32((uint)scratch.WrittenCount);
        writer.Write(scratch.WrittenSpan);
    }

    public T? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<T, TInput>(ref reader, field);

        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        var value = reader.TryReadBytes((int)length, out var bytes) ? Decode(bytes) : Decode(reader.ReadBytes(length));
        ReferenceCodec.RecordObject(reader.Session, value);
        return value;
    }

    protected abstract void Encode(IBufferWriter<byte> target, T value);

    protected abstract T Decode(ReadOnlySpan<byte> source);
}
