using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansIot.Gateway.Telemetry;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Bridges;

/// <summary>
/// A subscriber of one outside broker whose messages come in as if they had been published here. What is acknowledged there is
/// durable here. A message that could not be stored ends the connection: the broker keeps it with all behind it and in order, or
/// gives them to another member of a shared subscription, and the client's back-off is the pause.
/// </summary>
internal sealed class Bridge : IAsyncDisposable
{
    private readonly BridgeOptions _options;
    private readonly string _setting;
    private readonly TopicMap _topics;
    private readonly InboundMessages _inbound;
    private readonly BridgeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _refusedFilters = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttClient? _client;
    private volatile string? _connectionTrouble = "not connected yet";
    private volatile bool _cannotStore;
    private int _inFlight = 1; // the bridge itself, until it stops
    private int _unmappedTold;
    private bool _isConnected;

    public Bridge(BridgeOptions options, string setting, InboundMessages inbound, BridgeMetrics metrics, TimeProvider time, ILogger<Bridge> logger)
    {
        (_options, _setting, _inbound, _metrics, _time, _logger) = (options, setting, inbound, metrics, time, logger);
        _topics = TopicMap.Of(options.TopicMap, setting, []);
    }

    public string Name => _options.Name;

    /// <summary>What keeps messages from coming in, in words that may be shown to anybody; null when nothing does.</summary>
    public string? Trouble => _connectionTrouble
        ?? (_cannotStore ? "messages cannot be stored" : null)
        ?? (_refusedFilters.IsEmpty ? null : "a filter is refused");

    public void Start()
    {
        if (_options is { Password: not null, UsesTls: false } && !IsLoopback(_options.Host))
            _logger.BridgeUnsafe(Name, $"its password goes over the network in the clear; set {_setting}:Tls");
        if (_options is { UsesTls: true, Tls.DangerouslyAcceptAnyServerCertificate: true })
            _logger.BridgeUnsafe(Name, $"it talks to whoever answers as {_options.Host}; set {_setting}:Tls:CaPath in place of DangerouslyAcceptAnyServerCertificate");

        var subscribed = new SubscriptionOptions((MqttQoS)_options.QoS, RetainAsPublished: _options.Retain, RetainHandling: RetainHandling.SendOnNewSubscribe);
        _client = MqttClient.Start(new MqttClientOptions
        {
            Host = _options.Host,
            Port = _options.PortInUse,
            Tls = _options.UsesTls ? _options.Tls : null,
            Version = _options.Version,
            ClientId = _options.ClientIdInUse,
            UserName = _options.UserName,
            Password = _options.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
            CleanStart = _options.CleanStart,
            SessionExpiry = _options.SessionExpiry,
            KeepAlive = _options.KeepAlive,
            ReceiveMaximum = _options.ReceiveMaximum,
            MaxQueuedQoS0 = _options.ReceiveMaximum,
            MaxPacketBytes = _options.MaxPacketBytes,
            MaxConcurrentHandlers = _options.ReceiveMaximum, // so that their commits share a disk write
            Subscriptions = [.. _options.Filters.Select(filter => new MqttSubscription(filter, subscribed, Take))],
            OtherMessages = Take, // of a filter that was removed from the settings while the broker's session lived on
            Reconnect = new MqttReconnectOptions { MaxDelay = _options.LongestReconnectPause },
            ConnectionChanged = On,
            TimeProvider = _time,
        });
        _ = Watch(_client);
    }

    /// <summary>Leaves the outside broker, and waits for what is on its way to being stored.</summary>
    public async Task Stop(CancellationToken cancellation)
    {
        if (_client is null)
            return;

        await _client.Disconnect(cancellation);
        Leave();
        await _drained.Task.WaitAsync(cancellation);
    }

    /// <summary>Leaves the outside broker, whatever is on its way.</summary>
    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? default;

    private async ValueTask Take(MqttMessage message, CancellationToken cancellation)
    {
        if (_topics.Map(message.Topic) is not { } topic)
        {
            _metrics.Unmapped(Name);
            if (Interlocked.Exchange(ref _unmappedTold, 1) == 0)
                _logger.BridgeUnmapped(Name, message.Topic);
            return;
        }

        Interlocked.Increment(ref _inFlight);
        _metrics.InFlight(Name, 1);
        try
        {
            // Not given up with the connection: what is on its way stays within the receive maximum, as the messages of the next
            // connection wait for it.
            var outcome = await _inbound.Take(message with { Topic = topic, Retain = message.Retain && _options.Retain });
            _metrics.Message(Name, outcome switch
            {
                InboundOutcome.Taken => "taken",
                InboundOutcome.Refused => "refused",
                _ => "unavailable",
            });
            if (outcome == InboundOutcome.Unavailable && message.QoS != MqttQoS.AtMostOnce) // which nobody would send again
                throw new MessageNotStoredException(topic);
            if (outcome == InboundOutcome.Taken && _cannotStore)
            {
                _cannotStore = false;
                _logger.BridgeStoresAgain(Name);
            }
        }
        finally
        {
            _metrics.InFlight(Name, -1);
            Leave();
        }
    }

    // On the client's own loop, one at a time. A trouble is told when it begins and not with each attempt.
    private void On(MqttConnectionChange change)
    {
        switch (change)
        {
            case MqttConnectionChange.Connected:
                SetConnected(true);
                _connectionTrouble = null;
                if (!_cannotStore)
                    _logger.BridgeConnected(Name, _options.Host, _options.PortInUse, _options.ClientIdInUse);
                break;

            case MqttConnectionChange.Closed { Closure.Cause: MessageNotStoredException cause } closed:
                SetConnected(false);
                if (!_cannotStore)
                    _logger.BridgeNotStored(Name, cause.Topic, closed.RetryAfter);
                _cannotStore = true;
                break;

            case MqttConnectionChange.Closed closed:
                SetConnected(false);
                if (!closed.Closure.IsClean)
                    NotConnected("not connected", closed.Closure.Cause?.Message ?? $"the broker closed the connection: {closed.Closure.Reason}.");
                break;

            case MqttConnectionChange.Refused { Cause.IsTransient: false } refused:
                _metrics.FailedConnect(Name);
                var trouble = $"refused: {refused.Cause.ReasonCode?.ToString() ?? "TLS"}";
                if (_connectionTrouble != trouble)
                    _logger.BridgeRefused(Name, _options.Host, _options.PortInUse, refused.Cause.Message, refused.RetryAfter, ToMend(refused.Cause.ReasonCode));
                _connectionTrouble = trouble;
                break;

            case MqttConnectionChange.Refused refused:
                _metrics.FailedConnect(Name);
                NotConnected("not connected", refused.Cause.Message);
                break;

            case MqttConnectionChange.SubscriptionGranted granted:
                _refusedFilters.TryRemove(granted.Filter, out _);
                if (!_cannotStore)
                    _logger.BridgeSubscribed(Name, granted.Filter, (int)granted.QoS);
                if ((int)granted.QoS < _options.QoS)
                    _logger.BridgeUnsafe(Name, $"the broker grants {granted.Filter} only QoS {(int)granted.QoS}");
                break;

            case MqttConnectionChange.SubscriptionLost lost:
                if (_refusedFilters.TryAdd(lost.Filter, true))
                    _logger.BridgeFilterRefused(Name, lost.Filter, lost.Reason);
                break;
        }
    }

    private void NotConnected(string trouble, string reason)
    {
        if (_connectionTrouble != trouble)
            _logger.BridgeNotConnected(Name, _options.Host, _options.PortInUse, reason);
        _connectionTrouble = trouble;
    }

    private string ToMend(MqttReasonCode? reason) => reason switch
    {
        MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.NotAuthorized => $"{_setting}:UserName, {_setting}:Password or the broker's permissions",
        MqttReasonCode.ClientIdentifierNotValid => $"{_setting}:ClientId",
        MqttReasonCode.UnsupportedProtocolVersion => $"{_setting}:Version",
        null => $"{_setting}:Tls",
        _ => _setting,
    };

    private void SetConnected(bool isConnected)
    {
        if (_isConnected != isConnected)
            _metrics.Connected(Name, isConnected ? 1 : -1);
        _isConnected = isConnected;
    }

    private async Task Watch(MqttClient client)
    {
        var closure = await client.Closed;
        if (closure.IsClean)
            return;

        _connectionTrouble = "ended by a fault of this gateway";
        _logger.BridgeFaulted(closure.Cause, Name);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0)
            _drained.TrySetResult();
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
}
