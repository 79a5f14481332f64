using Microsoft.Extensions.Logging;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.DeviceAgent.Demo;

/// <summary>One simulated device and its connection: publishes every few seconds, and now and then vanishes without a word.</summary>
internal sealed partial class DemoUplink(
    SimulatedDevice device, Episodes dropOuts, Random random, DemoFleetOptions options, TimeProvider time, long start, ILogger log)
{
    private static readonly TimeSpan LongestReconnectPause = TimeSpan.FromSeconds(10);

    private readonly string _topic = $"dt/devices/{device.Id}/telemetry";

    // Messages are numbered from 0 in each run, so each run has a name of its own.
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];

    private long _sequence;

    private TimeSpan At => time.GetElapsedTime(start);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var message = new MetricMessage();
        try
        {
            // A fleet does not speak with one voice.
            await Task.Delay(random.NextDouble() * options.ShortestInterval, time, cancellation);
            while (true)
            {
                await PublishUntilDropOut(message, cancellation);
                LogDroppedOut(log, device.Id);
                while (dropOuts.IsOngoing(At))
                    await Task.Delay(options.ShortestInterval, time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The one way to end.
        }
    }

    private async Task PublishUntilDropOut(MetricMessage message, CancellationToken cancellation)
    {
        using var cable = new Cable(options.Broker);
        await using var client = MqttClient.Start(new MqttClientOptions
        {
            Dial = cable.Dial,
            ClientId = device.Id,
            UserName = options.Broker.UserName,
            Password = options.Broker.PasswordBytes,
            Reconnect = new MqttReconnectOptions { MaxDelay = LongestReconnectPause },
            TimeProvider = time,
        });
        while (!dropOuts.IsOngoing(At))
        {
            await Publish(client, message, cancellation);
            var pause = options.ShortestInterval + (random.NextDouble() * (options.LongestInterval - options.ShortestInterval));
            await Task.Delay(pause, time, cancellation);
        }

        // The broker learns of it as of a real failure: no DISCONNECT, the line is just dead.
        cable.Cut();
    }

    private async Task Publish(MqttClient client, MetricMessage message, CancellationToken cancellation)
    {
        message.Begin(time.GetUtcNow(), _run, _sequence++);
        device.Report(message, time.GetUtcNow(), At);
        try
        {
            await client.Publish(new MqttMessage { Topic = _topic, Payload = message.Complete() }, cancellation);
        }
        catch (MqttRefusedException e)
        {
            LogRefused(log, device.Id, e.Message);
        }
    }

    [LoggerMessage(8102, LogLevel.Debug, "{DeviceId} drops off for a while")]
    private static partial void LogDroppedOut(ILogger logger, string deviceId);

    [LoggerMessage(8103, LogLevel.Debug, "The broker did not take a message of {DeviceId}: {Cause}")]
    private static partial void LogRefused(ILogger logger, string deviceId, string cause);
}
