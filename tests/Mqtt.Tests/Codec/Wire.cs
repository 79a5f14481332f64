using System.Buffers;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Short hands for tests that speak in bytes.</summary>
internal static class Wire
{
    public static byte[] Encode<TPacket>(scoped in TPacket packet, MqttVersion version)
        where TPacket : IMqttPacket, allows ref struct
    {
        var output = new ArrayBufferWriter<byte>();
        output.WritePacket(packet, version);
        Assert.Equal(PacketEncoder.Measure(packet, version), output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A packet as a peer with no scruples would send it.</summary>
    public static byte[] Raw(byte header, params ReadOnlySpan<byte> body)
    {
        Span<byte> length = stackalloc byte[VariableByteInteger.MaxLength];
        return [header, .. length[..VariableByteInteger.Write(length, body.Length)], .. body];
    }

    public static MqttFrame Frame(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(OperationStatus.Done, MqttFrame.Read(bytes, int.MaxValue, out var frame, out var bytesRead, out _));
        Assert.Equal(bytes.Length, bytesRead);
        return frame;
    }

    public static byte[] Properties(Action<IBufferWriter<byte>> append)
    {
        var output = new ArrayBufferWriter<byte>();
        append(output);
        return output.WrittenSpan.ToArray();
    }
}
