using System.Buffers;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>A twin's snapshot as its grain keeps it: bytes, whatever serializer the storage provider has.</summary>
[GenerateSerializer, Alias("orleansiot.twin-state")]
internal sealed class TwinState
{
    [NonSerialized]
    private byte[]? _snapshot;

    [NonSerialized]
    private Twin? _twin;

    /// <summary>Null where there is none.</summary>
    [Id(0)]
    public byte[]? Snapshot
    {
        get => _snapshot ??= Encode(_twin);
        set => (_snapshot, _twin) = (value, null);
    }

    public static TwinState Of(Twin twin) => new() { _twin = twin };

    // Decoded when it is asked for: a store of our own has it as a twin already.
    public Twin? Twin() => _twin ??= _snapshot is null ? null : TwinCodec.Decode(_snapshot);

    private static byte[]? Encode(Twin? twin)
    {
        if (twin is null)
            return null;

        var target = new ArrayBufferWriter<byte>(1_024);
        TwinCodec.Encode(target, twin);
        return target.WrittenSpan.ToArray();
    }
}
