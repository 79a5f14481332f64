using System.Text;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.EndToEnd.Tests.Hosts;

/// <summary>A client for many messages at once; where one message is enough, the tests use mosquitto_pub.</summary>
public sealed class TestClient : IAsyncDisposable
{
    private readonly MqttClient _client;

    private TestClient(MqttClient client) => _client = client;

    public static async Task<TestClient> Connect(int port) =>
        new(await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = port }));

    /// <summary>QoS 1: completes with the PUBACK.</summary>
    public Task Publish(string topic, string payload) => _client.Publish(new MqttMessage { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) });

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
