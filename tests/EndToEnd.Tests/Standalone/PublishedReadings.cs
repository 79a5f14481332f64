using System.Collections.Concurrent;
using System.Text;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>What devices publish at QoS 1, and what they were answered.</summary>
internal sealed class PublishedReadings
{
    public ConcurrentQueue<(string Device, int Sequence)> Acknowledged { get; } = [];

    public ConcurrentQueue<MqttReasonCode> Refused { get; } = [];

    public static string Name(int number) => $"device-{number}";

    public static Task<MqttClient> Client(StandaloneSystem system, string id) =>
        MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = system.MqttPort, ClientId = $"{id}-link" });

    /// <summary>Sequences of a device that are in the history.</summary>
    public static async Task<IReadOnlyList<int>> Stored(StandaloneSystem system, string device)
    {
        var page = (await system.Api.Get($"devices/{device}/readings?from=-1h&limit=1000")).GetProperty("items").EnumerateArray().ToArray();
        Assert.True(page.Length < 1_000, "There are more than one page holds.");
        return [.. page.Select(reading => reading.GetProperty("metrics").GetProperty("seq").GetInt32())];
    }

    /// <summary>One message after the other, each until it is acknowledged.</summary>
    public async Task Publish(MqttClient client, string device, CancellationToken enough)
    {
        // A hundred a second at most, so that what is stored can be asked for at once.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            for (var sequence = 0; ;)
            {
                var payload = Encoding.UTF8.GetBytes($$"""{"messageId": "{{device}}-{{sequence}}", "seq": {{sequence}}}""");
                try
                {
                    await client.Publish(new MqttMessage { Topic = $"dt/devices/{device}/telemetry", Payload = payload, QoS = MqttQoS.AtLeastOnce }, enough);
                    Acknowledged.Enqueue((device, sequence++));
                }
                catch (MqttRefusedException refusal)
                {
                    Refused.Enqueue(refusal.ReasonCode);
                }

                await pace.WaitForNextTickAsync(enough);
            }
        }
        catch (Exception over) when (over is MqttConnectionLostException or InvalidOperationException or OperationCanceledException)
        {
            // What was not acknowledged is promised to nobody.
        }
    }
}
