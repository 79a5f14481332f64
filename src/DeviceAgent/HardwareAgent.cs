using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.DeviceAgent;

/// <summary>
/// Reads this machine's metrics and publishes them with QoS 1 to <c>devices/{id}/monitoring</c>. One loop over one channel of
/// events owns the state: the clock, the connection and the broker's answers only write into the channel.
/// </summary>
public sealed partial class HardwareAgent : IDisposable
{
    // Enough to see CPU time pass, short enough that the first message seems immediate.
    private static readonly TimeSpan FirstWindow = TimeSpan.FromMilliseconds(200);

    // What the broker gets at a time: a backlog drains fast, and what cannot be sent stays where the oldest can be dropped.
    private const int MaxInFlight = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private readonly HardwareAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HostSampler _sampler;
    private readonly UnsentMessages _unsent;
    private readonly string _topic;

    // Messages are numbered from 0 in each run, so each run has a name of its own.
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];

    // Not bounded by itself, as an event must not be lost, but by its sources: a tick per interval, an answer per message
    // under way, a change of the connection per try, and one end of a pause.
    private readonly Channel<AgentEvent> _events = Channel.CreateUnbounded<AgentEvent>(new() { SingleReader = true });

    private long _sequence;
    private int _inFlight;
    private bool _isConnected;
    private bool _isPaused;
    private int _pauses;
    private bool _isOverflowing;

    /// <exception cref="ArgumentException">The options have problems; the message names each and its mend.</exception>
    public HardwareAgent(HardwareAgentOptions options, TimeProvider time, ILogger<HardwareAgent> log)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));

        _options = options;
        _time = time;
        _log = log;
        _sampler = new HostSampler(time, options.HostRoot);
        _unsent = new UnsentMessages(options.BufferedMessages);
        _topic = $"devices/{options.DeviceId}/monitoring";
    }

    /// <summary>Runs until cancelled, once. A broker that is away is tried again for ever, and messages are kept meanwhile.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var client = MqttClient.Start(new MqttClientOptions
        {
            Host = _options.Broker.Host,
            Port = _options.Broker.Port,
            Tls = _options.Broker.Tls,
            ClientId = _options.DeviceId,
            UserName = _options.Broker.UserName,
            Password = _options.Broker.PasswordBytes,
            MaxInFlight = MaxInFlight,
            Reconnect = new MqttReconnectOptions { InitialDelay = FirstPause, MaxDelay = _options.LongestReconnectPause },
            ConnectionChanged = change => _events.Writer.TryWrite(new AgentEvent.ConnectionChanged(change)),
            TimeProvider = _time,
        });
        LogStarted(_log, _options.DeviceId, _topic, _options.Broker.Host, _options.Broker.Port, _options.Interval);
        var ticking = Tick(cancellation);
        await foreach (var happening in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            On(happening, cancellation);
            Drain(client);
        }

        await ticking;
    }

    public void Dispose() => _sampler.Dispose();

    private void On(AgentEvent happening, CancellationToken cancellation)
    {
        switch (happening)
        {
            case AgentEvent.SampleDue:
                Keep(_sequence, _sampler.Take(_run, _sequence));
                _sequence++;
                break;

            case AgentEvent.ConnectionChanged { Change: MqttConnectionChange.Connected }:
                LogConnected(_log, _unsent.Count, _unsent.Dropped);
                _isConnected = true;
                Keep(_sequence, _sampler.Facts(_run, _sequence));
                _sequence++;
                break;

            case AgentEvent.ConnectionChanged { Change: MqttConnectionChange.Refused refused }:
                LogNotConnected(_log, refused.Cause.Message, refused.RetryAfter);
                break;

            case AgentEvent.ConnectionChanged { Change: MqttConnectionChange.Closed closed }:
                _isConnected = false;
                LogConnectionLost(_log, closed.Closure.Cause?.Message ?? closed.Closure.Reason.ToString(), closed.RetryAfter);
                break;

            case AgentEvent.Answered answered:
                _inFlight--;
                On(answered, cancellation);
                break;

            case AgentEvent.PauseOver:
                _isPaused = false;
                break;
        }
    }

    private void On(AgentEvent.Answered answered, CancellationToken cancellation)
    {
        switch (answered.Failure)
        {
            case null:
                (_pauses, _isOverflowing) = (0, false);
                break;

            // The broker could not store it, say. Only a message that will never be taken is given up.
            case MqttRefusedException { IsTransient: true } refusal:
                Keep(answered.Number, answered.Message);
                if (!_isPaused)
                    Pause(refusal, cancellation);
                break;

            case { } failure:
                LogRefused(_log, failure.Message);
                break;
        }
    }

    private void Keep(long number, byte[] message)
    {
        if (_unsent.Add(number, message) || _isOverflowing)
            return;

        _isOverflowing = true;
        LogBufferFull(_log, _options.BufferedMessages);
    }

    private void Pause(MqttRefusedException refusal, CancellationToken cancellation)
    {
        // As after a lost connection: doubling, and with jitter, or a fleet would come back to a broker in need all at once.
        var bound = Math.Min(_options.LongestReconnectPause.TotalMilliseconds, FirstPause.TotalMilliseconds * (1L << Math.Min(_pauses, 30)));
        var pause = TimeSpan.FromMilliseconds(bound * (0.5 + (0.5 * Random.Shared.NextDouble())));
        (_isPaused, _pauses) = (true, _pauses + 1);
        LogNotTaken(_log, refusal.Message, pause);
        _ = Wake(pause, cancellation);
    }

    private async Task Wake(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, _time, cancellation);
            _events.Writer.TryWrite(new AgentEvent.PauseOver());
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    private void Drain(MqttClient client)
    {
        while (_isConnected && !_isPaused && _inFlight < MaxInFlight && _unsent.TryTake(out var number, out var message))
        {
            _inFlight++;
            _ = Send(client, number, message);
        }
    }

    // A message that was handed over survives a lost connection: the client sends it again, and its number tells the copy.
    private async Task Send(MqttClient client, long number, byte[] message)
    {
        Exception? failure = null;
        try
        {
            await client.Publish(new MqttMessage { Topic = _topic, Payload = message }, CancellationToken.None);
        }
        catch (Exception e) when (e is MqttRefusedException or MqttConnectionLostException)
        {
            failure = e;
        }

        _events.Writer.TryWrite(new AgentEvent.Answered(number, message, failure));
    }

    private async Task Tick(CancellationToken cancellation)
    {
        try
        {
            _sampler.Prime();
            await Task.Delay(FirstWindow, _time, cancellation);
            using var timer = new PeriodicTimer(_options.Interval, _time);
            do
                _events.Writer.TryWrite(new AgentEvent.SampleDue());
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // The one way to end.
        }

        _events.Writer.TryComplete();
    }
}
