using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Tests.Codec;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>The server's end of one scripted connection.</summary>
internal sealed class ServerSide(PipeReader input, PipeWriter output)
{
    private readonly MqttFrameReader _frames = new(int.MaxValue);

    public async Task Send(byte[] packet) => await output.WriteAsync(packet);

    /// <summary>Drops the connection, as a broken network would.</summary>
    public async Task Cut()
    {
        await output.CompleteAsync();
        await input.CompleteAsync();
    }

    /// <summary>The client's next packet, whole; fails when it is of another type.</summary>
    public async Task<byte[]> Expect(MqttPacketType type)
    {
        while (true)
        {
            var result = await input.ReadAsync().AsTask().WaitAsync(ScriptedServer.Patience);
            var buffer = result.Buffer;
            if (TryTake(ref buffer) is { } packet)
            {
                input.AdvanceTo(buffer.Start);
                Assert.Equal(type, (MqttPacketType)(packet[0] >> 4));
                return packet;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            Assert.False(result.IsCompleted, $"The client closed the connection; expected {type}.");
        }
    }

    /// <summary>Expects a PUBLISH and says how it looked.</summary>
    public async Task<(string Payload, ushort PacketId, bool Dup)> ExpectPublish()
    {
        var bytes = await Expect(MqttPacketType.Publish);
        Assert.True(PublishPacket.TryRead(Wire.Frame(bytes), MqttVersion.V5, out var packet, out _));
        return (Encoding.UTF8.GetString(packet.Payload), packet.PacketId, packet.Dup);
    }

    public Task Ack(MqttPacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success) =>
        Send(Wire.Encode(new AckPacket { Type = type, PacketId = packetId, ReasonCode = reason }, MqttVersion.V5));

    /// <summary>Grants the SUBSCRIBE that comes next.</summary>
    public async Task GrantSubscribe()
    {
        var bytes = await Expect(MqttPacketType.Subscribe);
        await Send(Grant(bytes));

        static byte[] Grant(byte[] bytes)
        {
            Assert.True(SubscribePacket.TryRead(Wire.Frame(bytes), MqttVersion.V5, out var packet, out _));
            return Wire.Encode(
                new SubAckPacket { PacketId = packet.PacketId, ReasonCodes = [MqttReasonCode.GrantedQoS1] }, MqttVersion.V5);
        }
    }

    private byte[]? TryTake(ref ReadOnlySequence<byte> buffer)
    {
        var before = buffer;
        return _frames.Read(ref buffer, out _, out _) == OperationStatus.Done
            ? before.Slice(before.Start, buffer.Start).ToArray()
            : null;
    }
}
