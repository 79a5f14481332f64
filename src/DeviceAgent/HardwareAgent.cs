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

    private readonly HardwareAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HostSampler _sampler;
    private readonly UnsentMessages _unsent;
    private readonly string _topic;

    // Messages are numbered from 0 in each run, so each run has a name of its own.
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];

    // Not bounded by itself, as an event must not be lost, but by its sources: a tick per interval, an answer per message
    // under way, and a change of the connection per try.
    private readonly Channel<AgentEvent> _events = Channel.CreateUnbounded<AgentEvent>(new() { SingleReader = true });

    private long _sequence;
    private int _inFlight;
    private bool _isConnected;

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
            Reconnect = new MqttReconnectOptions { InitialDelay = TimeSpan.FromSeconds(0.2), MaxDelay = _options.LongestReconnectPause },
            ConnectionChanged = change => _events.Writer.TryWrite(new AgentEvent.ConnectionChanged(change)),
            TimeProvider = _time,
        });
        LogStarted(_log, _options.DeviceId, _topic, _options.Broker.Host, _options.Broker.Port, _options.Interval);
        var ticking = Tick(cancellation);
        await foreach (var happening in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            On(happening);
            Drain(client);
        }

        await ticking;
    }

    public void Dispose() => _sampler.Dispose();

    private void On(AgentEvent happening)
    {
        switch (happening)
        {
            case AgentEvent.SampleDue:
                Keep(_sampler.Take(_run, _sequence++));
                break;

            case AgentEvent.ConnectionChanged { Change: MqttConnectionChange.Connected }:
                LogConnected(_log, _unsent.Count, _unsent.Dropped);
                _isConnected = true;
                Keep(_sampler.Facts(_run, _sequence++));
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
                if (answered.Failure is { } failure)
                    LogRefused(_log, failure.Message);

                break;
        }
    }

    private void Keep(byte[] message)
    {
        var wasOverflowing = _unsent.IsOverflowing;
        _unsent.Add(message);
        if (_unsent.IsOverflowing && !wasOverflowing)
            LogBufferFull(_log, _options.BufferedMessages);
    }

    private void Drain(MqttClient client)
    {
        while (_isConnected && _inFlight < MaxInFlight && _unsent.TryTake(out var message))
        {
            _inFlight++;
            _ = Send(client, message);
        }
    }

    // A message that was handed over survives a lost connection: the client sends it again, and its number tells the copy.
    private async Task Send(MqttClient client, byte[] message)
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

        _events.Writer.TryWrite(new AgentEvent.Answered(failure));
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
