using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Peers;
using OrleansIot.Gateway.Presence;
using OrleansIot.Gateway.Telemetry;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>
/// One client from its accepted CONNECT to its end. Two loops: this reader, which alone touches the session's subscriptions,
/// and the <see cref="ConnectionWriter"/>. Whoever else wants something of it calls <see cref="Close"/>.
/// </summary>
internal sealed partial class ClientConnection : ISubscriber, IPublisher, IDisposable
{
    // A client that takes its last packets takes them in this time; the socket of another is cut.
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    // PUBACKs that may wait for a slow socket beside the messages that may be in flight.
    private const int MaxUnsentAcks = 4_096;

    // A client that takes more at a time gains nothing, and what it has not acknowledged is kept.
    private const int MaxOutboundInFlight = 1_000;

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly MqttFrameReader _frames;
    private readonly ConnectRequest _request;
    private readonly GatewayParts _gateway;
    private readonly ClientAccess _access;
    private readonly DeviceId? _device;
    private readonly SessionId _sessionId;
    private readonly ConnectionWriter _writer;
    private readonly WakeUp _progress = new();
    private readonly PublishThrottle? _throttle;
    private ClientSession _session = null!; // from when the connection is accepted
    private PublishIntake? _intake; // from its first message
    private SilenceDeadline? _keepAlive;
    private TaskCompletionSource? _left; // where somebody waits for it
    private bool _hasLeft;
    private InboundAliases? _aliases;
    private uint _askedExpiry;
    private CloseReason? _closeReason;
    private PendingSubscribe? _subscribing;
    private ClientPresence? _presence;
    private ITimer? _untilRetry;
    private bool _isAccepted;

    public ClientConnection(ConnectionContext connection, MqttFrameReader frames, ConnectRequest request, GatewayParts gateway)
    {
        (_connection, _input, _frames, _request, _gateway) = (connection, connection.Transport.Input, frames, request, gateway);
        ClientId = request.Access.Context.ClientId;
        _device = DeviceId.TryParse(request.ClientId, out var device) ? device : null;
        _sessionId = gateway.Devices.Next();
        _access = request.Access;

        _writer = new ConnectionWriter(connection.Transport.Output, request.Client, _access, gateway.Time, gateway.Metrics);
        _throttle = PublishThrottle.For(gateway, _progress.Raise);
    }

    public string ClientId { get; }

    /// <summary>Shown in the TLS handshake; null without one.</summary>
    public X509Certificate2? Certificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>When its id became its own, by which gateways agree on who was last.</summary>
    public PeerStamp ConnectedAt { get; set; }

    /// <summary>Whether a client of the same id may be connected to a peer; not where the id was given out here.</summary>
    public bool MayBeElsewhere => _request.ClientId.Length > 0;

    /// <summary>Completes when the connection reads no more, has no subscriptions, and its id is free.</summary>
    public Task Left
    {
        get
        {
            lock (_progress)
            {
                if (_hasLeft)
                    return Task.CompletedTask;

                _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _left.Task;
            }
        }
    }

    /// <summary>Readings on their way to being stored, and messages that the client has not acknowledged.</summary>
    public (int In, int Out) InFlight => _isAccepted ? (_intake?.InFlight ?? 0, _session.Deliveries.InFlight) : default;

    private MqttVersion Version => _request.Client.Version;

    /// <summary>Ends the connection; the first reason counts. On any thread.</summary>
    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is not null)
            return;

        _input.CancelPendingRead();
        _progress.Raise();
    }

    /// <summary>Answers, PUBACKs or messages have left. On the writer's thread.</summary>
    public void OnWritten() => _progress.Raise();

    void ISubscriber.OnQueued() => _writer.Wake();

    void ISubscriber.OnOverflow() => Close(CloseReason.TooSlow);

    void ISubscriber.OnBehind() => _progress.Raise();

    void IPublisher.OnRoom() => _progress.Raise();

    void IPublisher.OnAcksReady() => _writer.Wake();

    void IPublisher.OnNotStored() => Close(CloseReason.NotStored);

    public async Task Run()
    {
        var writing = _writer.Run(this);
        try
        {
            // Reads here and not in a method of its own, which would be another object for each of many idle clients.
            for (var isOpen = await TryOpen(await _gateway.Clients.Enter(this)); isOpen && _closeReason is null;)
            {
                var result = await _input.ReadAsync();
                if (!TryReadPackets(result))
                    await WaitForProgress();
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            Close(CloseReason.ConnectionLost);
        }
        catch (Exception fault)
        {
            _gateway.Logger.ConnectionFaulted(fault, ClientId, _connection.RemoteEndPoint);
            Close(CloseReason.Fault);
        }
        finally
        {
            await End(writing);
        }
    }

    public void Dispose()
    {
        _gateway.Gate.Open.Leave(_access);
        _keepAlive?.Dispose();
        _throttle?.Dispose();
        _untilRetry?.Dispose();
    }

    private void Leave()
    {
        lock (_progress)
        {
            _hasLeft = true;
            _left?.SetResult();
        }
    }

    /// <summary>What takes its messages in; most clients of many only listen.</summary>
    private PublishIntake Intake()
    {
        if (_intake is not null)
            return _intake;

        var acks = new PublishAcks(_gateway.Options.ReceiveMaximum + MaxUnsentAcks);
        _writer.Owe(acks);
        var intake = new PublishIntake(
            _session, Version, _access, _device, _sessionId, acks, _gateway.Broker, _gateway.Telemetry, _gateway.Shadows, _gateway.Options, _gateway.Time, _gateway.Metrics, this);
        Volatile.Write(ref _intake, intake);
        return intake;
    }

    private async ValueTask<bool> TryOpen(ClientConnection? evicted)
    {
        try
        {
            // The twin knows of the connection before the client can send anything over it.
            if (_device is { } device)
                await _gateway.Devices.Open(device, _sessionId, _connection.ConnectionClosed);
        }
        catch (TwinUnavailableException)
        {
            return TurnAway("the twin is unavailable");
        }
        finally
        {
            // After the new session has opened, so that the device was never away.
            if (evicted is { _device: { } same })
                await _gateway.Devices.Close(same, evicted._sessionId, CloseReason.TakenOver.Text);
        }

        // After the new session has opened here too, for the same reason.
        if (MayBeElsewhere)
            _gateway.Peers?.Connected(ClientId, ConnectedAt);

        // 3.1.1: a session that is not clean is kept for as long as we say.
        var asked = _request.SessionExpiry ?? (_request.CleanStart ? 0 : _gateway.Sessions.Default);
        var expiry = _gateway.Sessions.Granted(asked);
        if (!await _gateway.Sessions.IsReady(ClientId, expiry))
            return TurnAway("its session cannot be stored");

        Accept(asked, expiry);
        return true;
    }

    private bool TurnAway(string reason)
    {
        _gateway.Metrics.Connect(MqttReasonCode.ServerUnavailable);
        _writer.Answer(new ConnAckPacket { ReasonCode = MqttReasonCode.ServerUnavailable });
        Close(new CloseReason(reason));
        return false;
    }

    private void Accept(uint asked, uint expiry)
    {
        _session = _gateway.Sessions.Open(ClientId, _request.CleanStart, expiry, ConnectedAt, out var isPresent);
        _askedExpiry = asked;
        _isAccepted = true;
        _presence = _gateway.Presence.Connected(this, _access.Principal, _connection);
        _gateway.Metrics.Connect(MqttReasonCode.Success);
        _gateway.Logger.ClientConnected(ClientId, _connection.RemoteEndPoint, Version == MqttVersion.V5 ? "5.0" : "3.1.1");
        _session.Attach(Math.Min(_request.Client.ReceiveMaximum, MaxOutboundInFlight), this);

        var keepAlive = KeepAlive();
        var granted = new ConnectGrant(
            isPresent,
            _session.ExpirySeconds == asked ? null : _session.ExpirySeconds,
            keepAlive == _request.KeepAlive ? null : (uint)keepAlive.TotalSeconds,
            _request.ClientId.Length == 0 ? ClientId : null,
            _gateway.Broker.CanShare);
        ConnectAnswer.Accept(_writer, _session.Deliveries, Version, _gateway.Options, granted);

        // [MQTT-3.1.2-22] (3.1.1: -24): one and a half times the keep-alive.
        if (keepAlive > TimeSpan.Zero)
        {
            _keepAlive = new SilenceDeadline(_gateway.Time, () => Close(CloseReason.KeepAlive));
            _keepAlive.Start(keepAlive * 1.5);
        }
    }

    /// <summary>[MQTT-3.2.2-21]: the server's where that is shorter, and where the client has none; 3.1.1 has no way to tell the client.</summary>
    private TimeSpan KeepAlive() => Version == MqttVersion.V5 && _gateway.Options.MaxKeepAlive is { } longest
        && (_request.KeepAlive == TimeSpan.Zero || _request.KeepAlive > longest)
            ? longest
            : _request.KeepAlive;

    /// <summary>Handles what came; false when a packet has to wait.</summary>
    private bool TryReadPackets(in ReadResult result)
    {
        var buffer = result.Buffer;
        var isDone = TryReadPackets(ref buffer);

        // Until the packet that waits is dealt with, whatever wakes us meanwhile: then we listen again, and silence is the client's.
        if (_keepAlive is { } silence)
            silence.IsPaused = !isDone;
        _input.AdvanceTo(buffer.Start, isDone ? result.Buffer.End : buffer.Start);
        if (_intake is not null)
        {
            _intake.CountPublished();
            if (_intake.TakeReadyAcks())
                _writer.Wake();
        }

        if (isDone && result.IsCompleted)
            Close(CloseReason.ConnectionLost);
        return isDone;
    }

    /// <summary>Handles the packets that are complete; false when one has to wait.</summary>
    private bool TryReadPackets(ref ReadOnlySequence<byte> buffer)
    {
        var length = buffer.Length;
        var arrival = Arrival.Now(_gateway.Time);
        var packets = 0;
        var isDone = false;
        while (_closeReason is null && !_writer.IsCongested)
        {
            var rest = buffer;
            var status = _frames.Read(ref rest, out var frame, out var reason);
            if (status == OperationStatus.InvalidData)
                Close(CloseReason.ProtocolError(reason, reason == MqttReasonCode.PacketTooLarge ? $"a packet above {_frames.MaxPacketSize} bytes" : "no MQTT packet"));

            isDone = status != OperationStatus.Done;
            if (isDone || !TryHandle(frame, arrival))
                break;

            buffer = rest;
            packets++;
        }

        _gateway.Metrics.Received(packets, length - buffer.Length);
        return isDone;
    }

    private async ValueTask WaitForProgress()
    {
        var untilRetry = _intake?.UntilRetry(_gateway.Time.GetTimestamp()) ?? TimeSpan.Zero;
        if (untilRetry > TimeSpan.Zero)
        {
            _untilRetry ??= _gateway.Time.CreateTimer(static wakeUp => ((WakeUp)wakeUp!).Raise(), _progress, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _untilRetry.Change(untilRetry, Timeout.InfiniteTimeSpan);
        }

        await _progress.Wait();
    }

    private async Task End(Task writing)
    {
        Close(CloseReason.ConnectionLost);
        var reason = _closeReason!;
        _intake?.Stop();
        var goesOn = _isAccepted && reason != CloseReason.TakenOverElsewhere && _gateway.Sessions.IsKept(_session);
        if (goesOn)
            _session.Detach();
        else if (_isAccepted)
            _gateway.Sessions.End(_session);

        await SayGoodbye(reason, writing);

        // [MQTT-3.1.2-8], [MQTT-3.1.2-10], [MQTT-3.1.3-9]: at once, or when the client has not come back in time.
        var will = _isAccepted && !reason.DiscardsWill && _request.Will is { } wanted && _access.MayPublish(wanted.Body.Topic, wanted.Retain) ? wanted : null;
        var waits = goesOn && _gateway.Sessions.TryWait(_session, will is { DelaySeconds: > 0 } ? will : null);
        if (will is not null && (!waits || will.DelaySeconds == 0))
            await _gateway.Telemetry.PublishWill(will, _session, Arrival.Now(_gateway.Time));

        _presence?.Disconnected(reason);
        _gateway.Clients.Leave(this);
        Leave();
        Report(reason);

        // A client that is taken over has its session closed by its successor. A server that stops leaves sessions open: the
        // devices did not go away, and what is not known after a restart is not held against them.
        if (_device is { } device && reason != CloseReason.TakenOver && reason != CloseReason.ServerStopping)
            await _gateway.Devices.Close(device, _sessionId, reason.Text);
    }

    private async Task SayGoodbye(CloseReason reason, Task writing)
    {
        // [MQTT-3.14.0-1]: no DISCONNECT before a CONNACK of success; 3.1.1 has none from the server.
        if (_isAccepted && Version == MqttVersion.V5 && reason.Code is { } code)
        {
            var properties = _request.Client.ReasonString(reason.Text, always: true);
            _writer.AnswerLast(new DisconnectPacket { ReasonCode = code, Properties = new MqttProperties(properties) });
            if (reason.IsLingering)
                await Linger();
        }

        _writer.Complete();
        try
        {
            await writing.WaitAsync(CloseGrace, _gateway.Time);
        }
        catch (TimeoutException)
        {
            _connection.Abort(new ConnectionAbortedException(reason.Text));
            await writing;
        }
    }

    /// <summary>Reads on for a moment, or until the client has closed.</summary>
    private async Task Linger()
    {
        var isOver = false;
        using var limit = _gateway.Time.CreateTimer(_ => EndIt(), null, CloseGrace, Timeout.InfiniteTimeSpan);
        try
        {
            while (!Volatile.Read(ref isOver))
            {
                var result = await _input.ReadAsync();
                _input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // It is gone, which is what we wait for.
        }

        void EndIt()
        {
            Volatile.Write(ref isOver, true);
            _input.CancelPendingRead();
        }
    }

    private void Report(CloseReason reason)
    {
        if (!reason.IsClientsFault)
        {
            _gateway.Logger.ClientGone(ClientId, _connection.RemoteEndPoint, reason.Text);
            return;
        }

        _gateway.Metrics.ProtocolError(reason.Code ?? MqttReasonCode.UnspecifiedError);
        _gateway.Logger.ConnectionRefused(ClientId, _connection.RemoteEndPoint, reason.Text);
    }
}
