using System.Buffers;
using System.Net.Sockets;
using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// An MQTT connection whose user decides which packet goes out under which identifier, with DUP or without, and how many are
/// unanswered at a time: what a client library hides.
/// </summary>
internal sealed class LoadConnection : IAsyncDisposable
{
    private const int MaxPacketBytes = 64 * 1024;
    private const uint SessionExpirySeconds = 3_600;
    private static readonly TimeSpan ConnectLimit = TimeLimit.Usual;

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly MqttVersion _version;
    private readonly Action<ushort, MqttReasonCode> _answered;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly TaskCompletionSource<MqttReasonCode> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _lost = new();
    private Task _reading = Task.CompletedTask;

    private LoadConnection(MqttVersion version, Action<ushort, MqttReasonCode> answered) => (_version, _answered) = (version, answered);

    /// <summary>Cancelled when the server is gone.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Connects with a session that outlives the connection, as a sender that redelivers has.</summary>
    /// <param name="answered">Told of each PUBACK, in their order.</param>
    /// <exception cref="IOException">Nobody listens, or not to this client.</exception>
    public static async Task<LoadConnection> Open(int port, string clientId, MqttVersion version, Action<ushort, MqttReasonCode> answered)
    {
        var connection = new LoadConnection(version, answered);
        try
        {
            await connection._tcp.ConnectAsync("127.0.0.1", port);
            connection._reading = connection.ReadAll();
            await connection.Connect(clientId);
            if (await connection._connected.Task.WaitAsync(ConnectLimit, TimeProvider.System) is var reason and not MqttReasonCode.Success)
                throw new IOException($"{clientId} was refused: {reason}.");

            return connection;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            await connection.DisposeAsync();
            throw new IOException($"{clientId} could not connect.", e);
        }
        catch (IOException)
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task Publish(ushort packetId, string topic, byte[] payload, bool dup)
    {
        _output.ResetWrittenCount();
        _output.WritePacket(
            new PublishPacket { Topic = Encoding.UTF8.GetBytes(topic), Payload = payload, QoS = MqttQoS.AtLeastOnce, PacketId = packetId, Dup = dup }, _version);
        return Flush();
    }

    /// <summary>A clean end, of which the server is told.</summary>
    public async Task Disconnect()
    {
        _output.ResetWrittenCount();
        _output.WritePacket(new DisconnectPacket(), _version);
        await Flush();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        await _reading;
        _lost.Dispose();
    }

    private Task Connect(string clientId)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (_version != MqttVersion.V311)
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, SessionExpirySeconds);

        _output.WritePacket(
            new ConnectPacket { ClientId = Encoding.UTF8.GetBytes(clientId), CleanStart = false, KeepAlive = 60, Properties = new MqttProperties(properties.WrittenSpan) }, _version);
        return Flush();
    }

    private async Task Flush() => await _tcp.GetStream().WriteAsync(_output.WrittenMemory);

    private async Task ReadAll()
    {
        var buffer = new byte[MaxPacketBytes];
        var length = 0;
        try
        {
            while (await _tcp.GetStream().ReadAsync(buffer.AsMemory(length)) is var count and > 0)
            {
                length += count;
                var read = TakeFrames(buffer.AsSpan(0, length));
                buffer.AsSpan(read, length - read).CopyTo(buffer);
                length -= read;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server is gone, which is what this is made for.
        }

        _connected.TrySetException(new IOException("The server closed the connection before it answered."));
        await _lost.CancelAsync();
    }

    private int TakeFrames(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (MqttFrame.Read(bytes[taken..], MaxPacketBytes, out var frame, out var length, out _) == OperationStatus.Done)
        {
            taken += length;
            if (frame.Type == MqttPacketType.ConnAck && ConnAckPacket.TryRead(frame, _version, out var connAck, out _))
                _connected.TrySetResult(connAck.ReasonCode);
            else if (frame.Type == MqttPacketType.PubAck && AckPacket.TryRead(frame, _version, out var ack, out _))
                _answered(ack.PacketId, ack.ReasonCode);
        }

        return taken;
    }
}
