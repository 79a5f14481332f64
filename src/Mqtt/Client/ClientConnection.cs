using System.Threading.Channels;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// One accepted connection, until it ends. A reader and a deliverer turn the socket and the handlers into events; one loop
/// hears the events, takes the callers' commands, owns the session and writes.
/// </summary>
internal sealed partial class ClientConnection : IDisposable
{
    // Enough for a burst of acknowledgements; when it is full the reader waits, and with it the server.
    private const int EventQueueLength = 256;

    // Fills many segments, and still keeps acknowledgements from waiting long behind publishes.
    private const int FlushThreshold = 32 * 1024;

    // A ping leaves after two thirds of silence at the latest, and its answer is due a third later.
    private const int TicksPerKeepAlive = 3;

    private const long NotFlushing = -1;

    private readonly Stream _stream;
    private readonly FrameStream _frames;
    private readonly MqttClientOptions _options;
    private readonly ClientSession _session;
    private readonly ServerLimits _limits;
    private readonly TimeSpan _keepAlive;
    private readonly OrderedAcks _acks;
    private readonly HandledMessages _handled;
    private readonly PacketOutputBuffer _output;
    private readonly CancellationTokenSource _cut;
    private readonly CancellationToken _cutToken; // outlives the source: a handler may return after the connection is gone

    private readonly Channel<ClientEvent> _events = Channel.CreateBounded<ClientEvent>(
        new BoundedChannelOptions(EventQueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    // Never full: QoS 1 and 2 are bounded by packet identifiers (and by bytes, see Accept), QoS 0 is dropped beyond its share. So a handler that waits
    // for a publish of its own never keeps the reader from the acknowledgement it is waiting for.
    private readonly Channel<Arrival> _arrivals;

    private readonly Dictionary<ushort, ClientCommand> _awaitingAnswer = [];
    private readonly List<ClientCommand> _doneWhenFlushed = [];
    private Task? _eventsReady;
    private Task? _commandsReady;
    private bool _wroteSinceTick = true;
    private bool _heardSinceTick = true;
    private bool _awaitsPong;
    private long _unacknowledgedBytes;
    private volatile bool _handlerFailed;
    private long _flushStarted = NotFlushing;

    public ClientConnection(
        Stream stream, FrameStream frames, MqttClientOptions options, ClientSession session, ServerLimits limits)
    {
        _stream = stream;
        _frames = frames;
        _options = options;
        _session = session;
        _limits = limits;
        _keepAlive = limits.KeepAlive ?? options.KeepAlive; // [MQTT-3.1.2-21]
        _acks = new OrderedAcks(ushort.MaxValue);
        _handled = limits.SessionPresent ? session.Handled : session.Handled = new HandledMessages();
        _output = new PacketOutputBuffer(options.Version, options.TimeProvider);
        _cut = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        _cutToken = _cut.Token;
        _arrivals = Channel.CreateBounded<Arrival>(
            new BoundedChannelOptions(ushort.MaxValue + options.MaxQueuedQoS0) { SingleReader = true, SingleWriter = true });
    }

    public bool SessionPresent => _limits.SessionPresent;

    public string? AssignedClientId => _limits.AssignedClientId;

    private bool MaySend => _session.Window.HasRoom && _output.Length < FlushThreshold;

    /// <summary>Serves the connection until it ends; <paramref name="stop"/> asks for a clean end.</summary>
    public async Task<MqttClosure> Run(CancellationToken stop)
    {
        var tick = _keepAlive / TicksPerKeepAlive;
        await using var timer = _keepAlive > TimeSpan.Zero
            ? _options.TimeProvider.CreateTimer(_ => OnTick(), null, tick, tick)
            : null;
        using var deadline = stop.Register(() => _cut.CancelAfter(_options.DisconnectTimeout));
        var reading = Read();
        _session.Delivering = Deliver(_session.Delivering);

        MqttClosure closure;
        try
        {
            closure = await Own(stop);
        }
        catch (OperationCanceledException e)
        {
            closure = stop.IsCancellationRequested
                ? MqttClosure.Clean
                : MqttClosure.Lost(new TimeoutException("The server took no data for a whole keep-alive interval.", e));
        }
        catch (Exception e)
        {
            closure = stop.IsCancellationRequested ? MqttClosure.Clean : MqttClosure.Lost(e);
        }

        await _cut.CancelAsync();
        _arrivals.Writer.TryComplete();
        await _stream.DisposeAsync();
        await reading;
        Abandon(closure);
        return closure;
    }

    public void Dispose() => _cut.Dispose();

    private async Task<MqttClosure> Own(CancellationToken stop)
    {
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stop, _cutToken);
        ResumeSession();
        while (true)
        {
            while (_output.Length < FlushThreshold && _events.Reader.TryRead(out var happening))
            {
                if (Hear(happening) is { } ended)
                {
                    await SayGoodbye(ended);
                    return ended.Closure;
                }
            }

            Resend();
            while (MaySend && _session.Commands.TryTake(out var command))
                Execute(command);

            if (_output.Length > 0)
            {
                await Flush();
                continue;
            }

            _cutToken.ThrowIfCancellationRequested();
            if (stop.IsCancellationRequested)
                return await Leave();
            await WaitForWork(wake.Token);
        }
    }

    private async Task WaitForWork(CancellationToken wake)
    {
        _eventsReady ??= _events.Reader.WaitToReadAsync(wake).AsTask();
        if (MaySend)
        {
            _commandsReady ??= _session.Commands.WaitForCommand();
            await Task.WhenAny(_eventsReady, _commandsReady);
        }
        else
        {
            await Task.WhenAny(_eventsReady);
        }

        if (_eventsReady.IsCompleted)
            _eventsReady = null;
        if (_commandsReady is { IsCompleted: true })
            _commandsReady = null;
    }

    private async Task Flush()
    {
        Volatile.Write(ref _flushStarted, _options.TimeProvider.GetTimestamp());
        await _stream.WriteAsync(_output.Bytes, _cutToken);
        await _stream.FlushAsync(_cutToken);
        Volatile.Write(ref _flushStarted, NotFlushing);
        _output.Clear();
        _wroteSinceTick = true;
        foreach (var command in _doneWhenFlushed)
            command.Succeed(MqttReasonCode.Success);
        _doneWhenFlushed.Clear();
    }

    /// <summary>Disconnects cleanly, and waits for the server to close: closing first could lose the DISCONNECT to a TCP reset.</summary>
    private async Task<MqttClosure> Leave()
    {
        _output.WriteDisconnect(MqttReasonCode.Success);
        await Flush();
        while (await _events.Reader.WaitToReadAsync(_cutToken))
        {
            while (_events.Reader.TryRead(out var happening))
            {
                if (happening is ClientEvent.Ended)
                    return MqttClosure.Clean;
            }
        }

        return MqttClosure.Clean;
    }

    private async Task SayGoodbye(ClientEvent.Ended ended)
    {
        // 3.1.1 has no DISCONNECT that reports an error: the connection just ends, and the will is published.
        if (ended.Says is not { } reason || _options.Version == MqttVersion.V311)
            return;

        _output.WriteDisconnect(reason);
        await Flush();
    }

    private void OnTick()
    {
        var started = Volatile.Read(ref _flushStarted);
        if (started != NotFlushing && _options.TimeProvider.GetElapsedTime(started) > _keepAlive)
            _cut.Cancel(); // the peer takes nothing, not even a ping
        else
            _events.Writer.TryWrite(new ClientEvent.Tick());
    }

    private void Abandon(MqttClosure closure)
    {
        var cause = new MqttConnectionLostException(closure);
        foreach (var command in _doneWhenFlushed)
            command.Fail(cause);
        foreach (var (packetId, command) in _awaitingAnswer)
        {
            _session.Ids.Release(packetId);

            // A SUBSCRIBE stays in the session and is sent again.
            if (command is ClientCommand.Unsubscribe)
                command.Fail(cause);
        }
    }
}
