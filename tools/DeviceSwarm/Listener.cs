using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>One connection that subscribes and counts; it acknowledges all that one read brought in one write.</summary>
internal sealed class Listener : IDisposable
{
    // What is left over of a slow second is not read on top of the next: a reader stays as slow as it was told to be.
    private static readonly TimeSpan PausedAtLeast = TimeSpan.FromMilliseconds(5);

    private readonly SwarmOptions _options;
    private readonly TimeProvider _time;
    private readonly int _number;
    private readonly int _bufferBytes;
    private readonly double _ticksPerMessage;
    private readonly byte[] _acks;
    private MqttSocket? _socket;
    private long _received;

    public Listener(SwarmOptions options, int number, TimeProvider time)
    {
        (_options, _number, _time) = (options, number, time);

        // A thousand listeners must not need more memory than the broker; one alone gains from longer reads.
        _bufferBytes = Math.Max(options.Connections > 16 ? 8 * 1024 : 128 * 1024, 2 * (options.PayloadBytes + 1024));
        _acks = new byte[_bufferBytes / 2];
        _ticksPerMessage = options.Rate > 0 ? time.TimestampFrequency * options.Connections / options.Rate : 0;
    }

    public LatencyHistogram Latency { get; } = new();

    /// <summary>So far; read on any thread.</summary>
    public long Received => Volatile.Read(ref _received);

    public long FirstAt { get; private set; }

    public long LastAt { get; private set; }

    /// <summary>Of the process, when the first message came.</summary>
    public TimeSpan CpuBefore { get; private set; }

    public string? Error { get; private set; }

    public async Task Open(CancellationToken cancellation)
    {
        try
        {
            var name = Encoding.ASCII.GetBytes($"{_options.DevicePrefix}listener-{_number}");
            _socket = await MqttSocket.Open(_options, _options.Broker(_number, 0), name, cleanStart: true, cancellation, _bufferBytes);
            await _socket.Send(Subscribe(), cancellation);
            while (!TryReadSubAck(_socket))
                await _socket.Receive(cancellation);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            Error = broken.Message;
        }
    }

    public async Task Run(CancellationToken end)
    {
        if (Error is not null)
            return;

        try
        {
            while (true)
            {
                await _socket!.Receive(end);
                if (ReadMessages(_socket) is > 0 and var acks)
                    await _socket.Send(_acks.AsMemory(0, acks), end);
                await Pause(end);
            }
        }
        catch (OperationCanceledException)
        {
            // All there is to come has come.
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            Error = broken.Message;
        }
    }

    public void Dispose() => _socket?.Dispose();

    private byte[] Subscribe()
    {
        var filters = new ArrayBufferWriter<byte>();
        SubscriptionList.Append(filters, Encoding.UTF8.GetBytes(_options.Listen!), new SubscriptionOptions { QoS = _options.QoS });
        var packet = new SubscribePacket { PacketId = 1, Subscriptions = new SubscriptionList(filters.WrittenSpan) };
        var bytes = new byte[PacketEncoder.Measure(packet, _options.Protocol)];
        PacketEncoder.Write(bytes, packet, _options.Protocol);
        return bytes;
    }

    private static bool TryReadSubAck(MqttSocket socket)
    {
        if (!socket.TryReadFrame(out var frame))
            return false;

        return frame.Type == MqttPacketType.SubAck && (MqttReasonCode)frame.Body[^1] < MqttReasonCode.UnspecifiedError
            ? true
            : throw new IOException($"The server answered SUBSCRIBE with {frame.Type}.");
    }

    /// <summary>Answers how many bytes of acknowledgements are to be sent.</summary>
    private int ReadMessages(MqttSocket socket)
    {
        var now = _time.GetTimestamp();
        var acks = 0;
        var count = 0;
        while (socket.TryReadFrame(out var frame))
        {
            if (frame.Type == MqttPacketType.Disconnect)
                throw new IOException($"The server disconnected: {(MqttReasonCode)(frame.Body.IsEmpty ? 0 : frame.Body[0])}.");
            if (frame.Type != MqttPacketType.Publish || !PublishPacket.TryRead(frame, _options.Protocol, out var publish, out _))
                continue;

            count++;
            if (TelemetryTemplate.TryReadDueAt(publish.Payload, out var dueAt))
                Latency.Add(_time.GetElapsedTime(dueAt, now));
            if (publish.QoS == MqttQoS.AtLeastOnce)
            {
                BinaryPrimitives.WriteUInt32BigEndian(_acks.AsSpan(acks), 0x4002_0000u | publish.PacketId);
                acks += sizeof(uint);
            }
        }

        if (count > 0)
        {
            if (_received == 0)
                (FirstAt, CpuBefore) = (now, Environment.CpuUsage.TotalTime);
            LastAt = now;
            Volatile.Write(ref _received, _received + count);
        }

        return acks;
    }

    private async Task Pause(CancellationToken end)
    {
        if (_ticksPerMessage == 0)
            return;

        var ahead = _time.GetElapsedTime(_time.GetTimestamp(), FirstAt + (long)(_received * _ticksPerMessage));
        if (ahead >= PausedAtLeast)
            await Task.Delay(ahead, _time, end);
    }
}
