using System.Text;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Scenarios.Clients;

/// <summary>A client for many messages at once; where one message is enough, the tests use mosquitto_pub.</summary>
public sealed class TestClient : IAsyncDisposable
{
    private readonly MqttClient _client;

    private TestClient(MqttClient client) => _client = client;

    public static async Task<TestClient> Connect(int port, string? password = null) =>
        new(await MqttClient.Connect(new MqttClientOptions
        {
            Host = "127.0.0.1",
            Port = port,
            UserName = password is null ? null : "test",
            Password = password is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(password),
        }));

    /// <summary>QoS 1: completes with the PUBACK.</summary>
    public Task Publish(string topic, string payload) => _client.Publish(new MqttMessage { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) });

    /// <summary>QoS 1: completes with the SUBACK. Payloads go to <paramref name="heard"/>.</summary>
    public Task Subscribe(string filter, Action<string> heard) => Subscribe(filter, (_, payload) => heard(payload));

    /// <summary>As the other one, with the topic before the payload.</summary>
    public Task Subscribe(string filter, Action<string, string> heard) => _client.Subscribe(filter, MqttQoS.AtLeastOnce, (message, _) =>
    {
        heard(message.Topic, Encoding.UTF8.GetString(message.Payload.Span));
        return ValueTask.CompletedTask;
    });

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
