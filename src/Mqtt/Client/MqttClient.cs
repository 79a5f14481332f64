using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// An MQTT client for 3.1.1 and 5.0. With <see cref="MqttClientOptions.Reconnect"/> it comes back by itself: it subscribes
/// again where the server forgot, sends unacknowledged messages again, and calls made meanwhile wait for the next connection.
/// All members may be called from any thread.
/// </summary>
public sealed class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly ClientSession _session;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstConnection = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MqttClient(MqttClientOptions options, bool persistsFromTheStart)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.KeepAlive, TimeSpan.FromSeconds(ushort.MaxValue), nameof(options));
        ArgumentOutOfRangeException.ThrowIfZero(options.ReceiveMaximum, nameof(options));
        ArgumentOutOfRangeException.ThrowIfZero(options.MaxInFlight, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentHandlers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queue.MaxMessages, 1, nameof(options));
        if (options.Will is { } will && !TopicName.IsValid(Encoding.UTF8.GetBytes(will.Topic)))
            throw new ArgumentException($"'{will.Topic}' is not a topic name.", nameof(options));

        _options = options;
        _session = new ClientSession(options);
        Closed = Task.Run(() => Serve(persistsFromTheStart));
    }

    /// <summary>The name this client goes by; the server's choice when it was left to the server.</summary>
    public string ClientId => _session.ClientId;

    public bool IsConnected { get; private set; }

    /// <summary>Completes when there is no connection and will be none.</summary>
    public Task<MqttClosure> Closed { get; }

    /// <summary>Connects; the first attempt must succeed.</summary>
    /// <exception cref="MqttConnectException">The server could not be reached, or refused.</exception>
    public static async Task<MqttClient> Connect(MqttClientOptions options, CancellationToken cancellation = default)
    {
        var client = new MqttClient(options, persistsFromTheStart: false);
        try
        {
            await client._firstConnection.Task.WaitAsync(cancellation);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts to connect and keeps trying; needs <see cref="MqttClientOptions.Reconnect"/>.</summary>
    public static MqttClient Start(MqttClientOptions options) => options.Reconnect is null
        ? throw new ArgumentException("Without Reconnect there is only one attempt: use Connect.", nameof(options))
        : new MqttClient(options, persistsFromTheStart: true);

    /// <summary>
    /// Publishes a message. QoS 0: completes when it has been handed to the transport. QoS 1 and 2: when the server has
    /// acknowledged it. Messages are sent in the order of the calls; cancelling stops the waiting, not a message already queued.
    /// </summary>
    /// <returns>The server's reason, such as <see cref="MqttReasonCode.NoMatchingSubscribers"/>.</returns>
    /// <exception cref="MqttRefusedException">The server refused the message.</exception>
    /// <exception cref="MqttNotSentException">The message was given up before it was sent.</exception>
    /// <exception cref="MqttConnectionLostException">The connection ended first and the message is not sent again.</exception>
    public Task<MqttReasonCode> Publish(MqttMessage message, CancellationToken cancellation = default)
    {
        var command = new ClientCommand.Publish(
            message.ToBody(_options.Version), message.QoS, message.Retain, message.Expiry, _options.TimeProvider.GetTimestamp());
        return Ask(command, cancellation);
    }

    /// <summary>Subscribes; messages that match go to <paramref name="handler"/>. A later call for the same filter replaces this one.</summary>
    /// <returns>The QoS the server granted.</returns>
    /// <exception cref="MqttRefusedException">The server refused the filter.</exception>
    public async Task<MqttQoS> Subscribe(
        string filter, SubscriptionOptions options, MqttMessageHandler handler, CancellationToken cancellation = default) =>
        (MqttQoS)await Ask(new ClientCommand.Subscribe(TopicFilter.Parse(filter), options, handler), cancellation);

    /// <inheritdoc cref="Subscribe(string, SubscriptionOptions, MqttMessageHandler, CancellationToken)"/>
    public Task<MqttQoS> Subscribe(string filter, MqttQoS qos, MqttMessageHandler handler, CancellationToken cancellation = default) =>
        Subscribe(filter, new SubscriptionOptions(qos), handler, cancellation);

    /// <summary>Ends a subscription; messages on the way are no longer handled.</summary>
    public Task Unsubscribe(string filter, CancellationToken cancellation = default) =>
        Ask(new ClientCommand.Unsubscribe(TopicFilter.Parse(filter)), cancellation);

    /// <summary>Sends what was queued and DISCONNECT, and waits for the end; the will is not published.</summary>
    public async Task Disconnect(CancellationToken cancellation = default)
    {
        await _stop.CancelAsync();
        await Closed.WaitAsync(cancellation);
    }

    /// <summary>Disconnects.</summary>
    public async ValueTask DisposeAsync() => await Disconnect();

    private async Task<MqttReasonCode> Ask(ClientCommand command, CancellationToken cancellation)
    {
        await _session.Commands.Add(command, cancellation);
        return await command.Answer.WaitAsync(cancellation);
    }

    private async Task<MqttClosure> Serve(bool persists)
    {
        MqttClosure closure;
        try
        {
            closure = await ServeConnections(persists);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            closure = MqttClosure.Clean;
        }
        catch (Exception e)
        {
            closure = MqttClosure.Lost(e);
        }

        _firstConnection.TrySetException(closure.Cause ?? new MqttConnectionLostException(closure));
        _ = _firstConnection.Task.Exception; // looked at only by Connect
        _session.End(closure);
        return closure;
    }

    private async Task<MqttClosure> ServeConnections(bool persists)
    {
        for (var attempt = 0; ; attempt++)
        {
            MqttClosure closure;
            Task? pause;
            try
            {
                using var connection = await Handshake.Open(_options, _session, _stop.Token);
                persists = true;
                var connectedAt = _options.TimeProvider.GetTimestamp();
                closure = await Serve(connection);

                // A connection that lasted was good; one that fell at once is another failed attempt, so a server that drops us is not stormed.
                if (_options.TimeProvider.GetElapsedTime(connectedAt) >= _options.Reconnect?.MaxDelay)
                    attempt = 0;
                if (_options.Reconnect is { ResendUnacknowledged: false })
                    _session.FailUnacknowledged(closure);
                TimeSpan? retryAfter = closure.IsClean ? null : _options.Reconnect?.DelayBefore(attempt);
                pause = Pause(retryAfter);
                Tell(new MqttConnectionChange.Closed(closure, retryAfter));
            }
            catch (MqttConnectException e)
            {
                closure = MqttClosure.Lost(e);
                var retryAfter = persists ? _options.Reconnect?.DelayAfter(e, attempt) : null;
                pause = Pause(retryAfter);
                Tell(new MqttConnectionChange.Refused(e, retryAfter));
            }

            if (pause is null)
                return closure;
            await pause;
        }
    }

    // Begins before the change is told: whoever hears of a retry knows that its time is running.
    private Task? Pause(TimeSpan? delay) => delay is { } span ? Task.Delay(span, _options.TimeProvider, _stop.Token) : null;

    private async Task<MqttClosure> Serve(ClientConnection connection)
    {
        _session.ClientId = connection.AssignedClientId ?? ClientId;
        _session.Commands.GoOnline();
        IsConnected = true;
        Tell(new MqttConnectionChange.Connected(connection.SessionPresent));
        _firstConnection.TrySetResult();
        var closure = await connection.Run(_stop.Token);
        IsConnected = false;
        _session.Commands.GoOffline();
        return closure;
    }

    private void Tell(MqttConnectionChange change) => _options.ConnectionChanged?.Invoke(change);
}
