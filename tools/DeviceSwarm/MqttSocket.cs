using System.Buffers;
using System.Net.Sockets;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>A TCP connection after a successful CONNECT: bytes out as they are, frames in.</summary>
internal sealed class MqttSocket : IDisposable
{
    // A publisher is sent nothing larger than a CONNACK with its properties.
    private const int LargestAnswer = 4 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    private MqttSocket(int bufferBytes) => _buffer = new byte[bufferBytes];

    /// <summary>How many unacknowledged messages the server takes (5.0's Receive Maximum).</summary>
    public int ReceiveMaximum { get; private set; } = ushort.MaxValue;

    /// <param name="bufferBytes">Room for the largest packet that the server sends.</param>
    /// <exception cref="IOException">The server refused, or answered something else than CONNACK.</exception>
    public static async Task<MqttSocket> Open(
        SwarmOptions options, BrokerAddress broker, byte[] clientId, bool cleanStart, CancellationToken cancellation, int bufferBytes = LargestAnswer)
    {
        var opened = new MqttSocket(bufferBytes);
        try
        {
            await opened._socket.ConnectAsync(broker.Host, broker.Port, cancellation);
            await opened.Send(Connect(options, clientId, cleanStart), cancellation);
            while (!opened.TryReadConnAck(options))
                await opened.Receive(cancellation);

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public async ValueTask Send(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes, cancellation)..];
    }

    /// <summary>Waits for more bytes from the server. Frames read before are no longer valid.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task Receive(CancellationToken cancellation = default)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellation);
        if (count == 0)
            throw new EndOfStreamException("The server closed the connection.");

        _end += count;
    }

    /// <exception cref="IOException">What the server sent is not MQTT.</exception>
    public bool TryReadFrame(out MqttFrame frame)
    {
        var status = MqttFrame.Read(_buffer.AsSpan(_start, _end - _start), _buffer.Length, out frame, out var length, out var reason);
        if (status == OperationStatus.InvalidData)
            throw new IOException($"The server sent a packet that cannot be read: {reason}.");

        _start += length;
        return status == OperationStatus.Done;
    }

    /// <summary>Sends DISCONNECT and waits until the server, having read everything before it, closes.</summary>
    public async Task Leave(MqttVersion version, CancellationToken cancellation)
    {
        var bytes = new byte[2];
        PacketEncoder.Write(bytes, new DisconnectPacket(), version);
        await Send(bytes, cancellation);
        _socket.Shutdown(SocketShutdown.Send);
        while (await _socket.ReceiveAsync(_buffer, cancellation) > 0)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Connect(SwarmOptions options, byte[] clientId, bool cleanStart)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (options.Protocol == MqttVersion.V5 && options.ReconnectTries > 0)
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, 300);

        var packet = new ConnectPacket { ClientId = clientId, CleanStart = cleanStart, Properties = new(properties.WrittenSpan) };
        var bytes = new byte[PacketEncoder.Measure(packet, options.Protocol)];
        PacketEncoder.Write(bytes, packet, options.Protocol);
        return bytes;
    }

    private bool TryReadConnAck(SwarmOptions options)
    {
        if (!TryReadFrame(out var frame))
            return false;

        if (frame.Type != MqttPacketType.ConnAck || !ConnAckPacket.TryRead(frame, options.Protocol, out var answer, out _))
            throw new IOException($"The server answered CONNECT with {frame.Type}.");

        if (answer.ReasonCode != MqttReasonCode.Success)
            throw new IOException($"The server refused the connection: {answer.ReasonCode}.");

        if (answer.Properties.TryGetNumber(MqttPropertyId.MaximumQoS, out var maximumQoS) && maximumQoS < (uint)options.QoS)
            throw new IOException($"The server takes QoS {maximumQoS} at most.");

        if (answer.Properties.TryGetNumber(MqttPropertyId.ReceiveMaximum, out var receiveMaximum))
            ReceiveMaximum = (int)receiveMaximum;

        return true;
    }
}
