using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>
/// One MQTT connection that speaks for its share of the devices. One loop owns everything: it fills a buffer with as many
/// messages as are due and the window allows, writes it at once, and reads whatever PUBACKs have come.
/// </summary>
internal sealed class SwarmConnection : IDisposable
{
    private const int LargestWrite = 64 * 1024;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(100);

    private readonly SwarmOptions _options;
    private readonly TelemetryTemplate _template;
    private readonly Workload _work;
    private readonly AckLog.Lines? _ackLog;
    private readonly TimeProvider _time;
    private readonly int _number;
    private readonly byte[] _clientId;
    private readonly InFlightWindow _window;
    private readonly IsoTimestamps _timestamps = new();
    private readonly byte[] _sendBuffer;
    private MqttSocket? _socket;
    private Task? _receiving;
    private bool _wasHeldBack;
    private int _tries;
    private int _triesLeft;
    private long _settledAt;
    private long _waitingSince;
    private TimeoutException? _stall;

    public SwarmConnection(SwarmOptions options, int number, TelemetryTemplate template, AckLog.Lines? ackLog, TimeProvider time)
    {
        _options = options;
        _template = template;
        _ackLog = ackLog;
        _time = time;
        _number = number;
        _work = new Workload(options, number, time.TimestampFrequency);
        _clientId = Encoding.ASCII.GetBytes(
            options.Connections == options.Devices ? options.DeviceId(number) : $"{options.DevicePrefix}connection-{number}");
        _window = new InFlightWindow(IsAcknowledged ? options.Window : 0);
        _sendBuffer = new byte[Math.Max(
            template.MaxLength, Math.Min(LargestWrite, IsAcknowledged ? options.Window * template.MaxLength : LargestWrite))];
        _triesLeft = options.ReconnectTries;
    }

    public SwarmTally Tally { get; } = new();

    /// <summary>QoS 1 messages without an answer.</summary>
    public int Unacknowledged => _window.Count;

    public long Unsent => Tally.IsLost ? _work.Left : 0;

    /// <summary>When the last PUBACK came, or with QoS 0 the end of the connection.</summary>
    public long FinishedAt { get; private set; }

    private bool IsAcknowledged => _options.QoS != MqttQoS.AtMostOnce;

    /// <summary>Opens the connection, with as many tries as the options allow.</summary>
    public async Task Open(CancellationToken cancellation)
    {
        // In 3.1.1 a clean session ends with its connection, so one that may come back cannot be clean.
        var cleanStart = _options.ReconnectTries == 0 || _options.Protocol == MqttVersion.V5;
        if (!await TryOpen(cleanStart, cancellation) && !await TryReopen(cancellation))
            Tally.IsLost = true;
    }

    /// <summary>Sends the connection's share and returns when it is answered, or when the connection is lost for good.</summary>
    /// <param name="stopSending">Ends the run early; messages under way are still waited for.</param>
    public async Task Run(CancellationToken stopSending)
    {
        var start = _time.GetTimestamp();
        _settledAt = start + (long)(_options.Settle.TotalSeconds * _time.TimestampFrequency);
        _work.Start(start);
        while (!Tally.IsLost)
        {
            try
            {
                await Pump(_socket!, stopSending);
                FinishedAt = _time.GetTimestamp();
                await Leave(_socket!);
                return;
            }
            catch (Exception e) when (IsBroken(e))
            {
                Tally.CountError(_stall ?? e);
                Tally.IsLost = !await TryReopen(stopSending);
            }
        }

        FinishedAt = _time.GetTimestamp();
    }

    /// <summary>Breaks the connection if it has waited for the server for too long. May be called from any thread.</summary>
    public void BreakIfStalled()
    {
        var since = Volatile.Read(ref _waitingSince);
        if (since != 0 && _time.GetElapsedTime(since) > _options.StallLimit)
        {
            _stall = new TimeoutException($"No progress for {_options.StallLimit.TotalSeconds:0.#} s.");
            _socket?.Dispose();
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static bool IsBroken(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    private async Task Pump(MqttSocket socket, CancellationToken stopSending)
    {
        await Resend(socket);
        while (true)
        {
            var now = _time.GetTimestamp();
            var isOver = _work.IsOver(now) || stopSending.IsCancellationRequested;
            var room = isOver ? 0 : Room(socket);
            if (Fill(now, room) is > 0 and var length)
                await Send(socket, length);

            if (isOver && _window.Count == 0)
                return;

            var next = isOver || Room(socket) == 0 ? long.MaxValue : Math.Min(_work.NextDue, _work.End);
            if (next <= now)
                await Task.Yield(); // A socket that is always ready must not keep the thread from the other connections.
            else if (_window.Count > 0)
                await WaitForAnswers(socket, next, stopSending);
            else
                await Delay(next, stopSending);
        }
    }

    private int Room(MqttSocket socket)
    {
        if (!IsAcknowledged)
            return int.MaxValue;

        var limit = Math.Min(_options.Window, socket.ReceiveMaximum);
        var room = limit - _window.Count;

        // Flat out, a quarter of the window per write halves the system calls and still keeps the server busy.
        return room < (_work.IsPaced ? 1 : limit / 4) ? 0 : room;
    }

    private int Fill(long now, int room)
    {
        var unixMilliseconds = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var length = 0;
        for (; room > 0 && _sendBuffer.Length - length >= _template.MaxLength && !_work.IsOver(now); room--)
        {
            var due = _work.NextDue;
            if (due > now)
            {
                _wasHeldBack = false;
                return length;
            }

            var since = _work.IsPaced && _wasHeldBack ? due : now;
            var message = _work.Take(unixMilliseconds) with { DueAt = since };
            var packetId = IsAcknowledged ? _window.Add(message, since) : (ushort)0;
            length += _template.Write(_sendBuffer.AsSpan(length), message, packetId, dup: false, _timestamps);
            Tally.Sent++;
        }

        _wasHeldBack = true;
        return length;
    }

    private async Task Resend(MqttSocket socket)
    {
        foreach (var (packetId, message) in _window.Waiting().ToArray())
        {
            var length = _template.Write(_sendBuffer, message, packetId, dup: true, _timestamps);
            await Send(socket, length);
            Tally.Resent++;
        }
    }

    private async ValueTask Send(MqttSocket socket, int length)
    {
        if (_waitingSince == 0)
            Volatile.Write(ref _waitingSince, _time.GetTimestamp());

        await socket.Send(_sendBuffer.AsMemory(0, length));
        if (!IsAcknowledged)
            MadeProgress();
    }

    private async Task WaitForAnswers(MqttSocket socket, long until, CancellationToken stopSending)
    {
        // Not ended by the token: what is under way is still waited for.
        _receiving ??= socket.Receive(CancellationToken.None);
        if (until != long.MaxValue && !_receiving.IsCompleted)
        {
            await Task.WhenAny(_receiving, Delay(until, stopSending));
            if (!_receiving.IsCompleted)
                return;
        }

        await _receiving;
        _receiving = null;
        ReadAnswers(socket);
        MadeProgress();
    }

    private void ReadAnswers(MqttSocket socket)
    {
        var now = _time.GetTimestamp();
        while (socket.TryReadFrame(out var frame))
        {
            if (frame.Type == MqttPacketType.PubAck && frame.Body.Length >= sizeof(ushort))
                ReadPubAck(frame.Body, now);
            else if (frame.Type == MqttPacketType.Disconnect)
                throw new IOException($"The server disconnected: {(MqttReasonCode)(frame.Body.IsEmpty ? 0 : frame.Body[0])}.");
        }
    }

    private void ReadPubAck(ReadOnlySpan<byte> body, long now)
    {
        if (!_window.TryRemove(BinaryPrimitives.ReadUInt16BigEndian(body), out var message, out var since))
            return; // The answer to a message that was resent and answered already.

        // 5.0, 3.4.2.1: without a reason code the reason is success.
        var reason = body.Length > sizeof(ushort) ? (MqttReasonCode)body[sizeof(ushort)] : MqttReasonCode.Success;
        if (reason >= MqttReasonCode.UnspecifiedError)
        {
            Tally.CountRefusal(reason);
            return;
        }

        Tally.Acknowledged++;
        if (since >= _settledAt)
            Tally.Latency.Add(_time.GetElapsedTime(since, now));

        _ackLog?.Add(_template.DeviceIds[message.Device], message.Sequence);
    }

    private void MadeProgress()
    {
        _triesLeft = _options.ReconnectTries;
        Volatile.Write(ref _waitingSince, _window.Count > 0 ? _time.GetTimestamp() : 0);
    }

    private Task Delay(long until, CancellationToken cancellation)
    {
        // Timers count whole milliseconds and round down: without rounding up, the last one would be spent spinning.
        var milliseconds = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), until).TotalMilliseconds);
        return Quietly(Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)), _time, cancellation));
    }

    private async Task<bool> TryReopen(CancellationToken cancellation)
    {
        while (_triesLeft-- > 0 && !cancellation.IsCancellationRequested)
        {
            await Quietly(Task.Delay(ReconnectPause, _time, cancellation));
            if (await TryOpen(cleanStart: false, cancellation))
                return true;
        }

        return false;
    }

    private async Task<bool> TryOpen(bool cleanStart, CancellationToken cancellation)
    {
        _socket?.Dispose();
        _receiving = null;
        _stall = null;
        Volatile.Write(ref _waitingSince, 0);

        using var limit = new CancellationTokenSource(ConnectLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            _socket = await MqttSocket.Open(_options, _options.Broker(_number, _tries++), _clientId, cleanStart, either.Token);
            return true;
        }
        catch (Exception e) when (IsBroken(e) || limit.IsCancellationRequested)
        {
            Tally.CountError(limit.IsCancellationRequested ? new TimeoutException("The server did not answer CONNECT within 10 s.") : e);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Leave(MqttSocket socket)
    {
        // With QoS 0 the end of the connection is the only sign that everything has been read.
        using var limit = new CancellationTokenSource(IsAcknowledged ? ConnectLimit : _options.StallLimit, _time);
        try
        {
            await socket.Leave(_options.Protocol, limit.Token);
        }
        catch (Exception e) when (IsBroken(e) || e is OperationCanceledException)
        {
            Tally.CountError(e);
        }

        if (!IsAcknowledged)
            FinishedAt = _time.GetTimestamp();
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
