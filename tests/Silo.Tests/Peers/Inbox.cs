using System.Text;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Silo.Tests.Peers;

/// <summary>What came for one client's subscriptions.</summary>
internal sealed class Inbox(MqttClient client)
{
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

    public static async Task<Inbox> Subscribed(MqttClient client, string filter, MqttQoS qos = MqttQoS.AtLeastOnce)
    {
        var inbox = new Inbox(client);
        await inbox.Subscribe(filter, qos);
        return inbox;
    }

    public Task Subscribe(string filter, MqttQoS qos = MqttQoS.AtLeastOnce) => client.Subscribe(filter, qos, Take);

    /// <summary>Topic and payload of the next message.</summary>
    public Task<string> Next() => _messages.Reader.ReadAsync().AsTask().Within($"a message for {client.ClientId}");

    private ValueTask Take(MqttMessage message, CancellationToken cancellation) =>
        _messages.Writer.WriteAsync($"{message.Topic}={Encoding.UTF8.GetString(message.Payload.Span)}", cancellation);
}
