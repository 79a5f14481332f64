using System.Diagnostics.CodeAnalysis;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// What the server knows of a client beside its connection: subscriptions and what is owed to it (4.1). Ends with the
/// connection as yet, which CONNACK tells the client (session expiry interval 0, session present 0).
/// </summary>
internal sealed class ClientSession(string clientId, MqttGatewayOptions options, GatewayMetrics metrics)
{
    private readonly Dictionary<string, Subscription> _subscriptions = [];

    public string ClientId { get; } = clientId;

    public DeliveryQueue Deliveries { get; } = new(options, metrics);

    /// <summary>By filter. Belongs to the connection's reader.</summary>
    public IReadOnlyDictionary<string, Subscription> Subscriptions => _subscriptions;

    /// <summary>Called when something was queued; on any thread.</summary>
    public Action OnQueued { get; set; } = static () => { };

    /// <summary>Called when a QoS 1 message found no room: it must not be lost, so the client has to be told.</summary>
    public Action OnOverflow { get; set; } = static () => { };

    public void Deliver(BrokeredMessage message, Subscription subscription, bool retain)
    {
        // [MQTT-3.8.4-8] (3.1.1: -6): at most the QoS that was granted.
        var qos = Lower(message.QoS, subscription.Options.QoS);
        if (Deliveries.TryAdd(new OutboundPublish(message, qos, retain, subscription.Identifier)))
        {
            OnQueued();
        }
        else if (qos == MqttQoS.AtMostOnce)
        {
            metrics.DeliveryShed("slow-subscriber");
        }
        else
        {
            metrics.DeliveryShed("slow-subscriber-disconnected");
            OnOverflow();
        }
    }

    /// <summary>[MQTT-3.3.1-8]: what is sent because of a new subscription says retain.</summary>
    public void DeliverRetained(IReadOnlyList<BrokeredMessage> messages, Subscription subscription)
    {
        if (messages.Count == 0)
            return;

        Deliveries.AddBacklog(messages.Select(message =>
            new OutboundPublish(message, Lower(message.QoS, subscription.Options.QoS), Retain: true, subscription.Identifier, IsBacklog: true)));
        OnQueued();
    }

    public void Add(Subscription subscription) => _subscriptions[subscription.Filter.Text] = subscription;

    public bool Remove(string filter, [NotNullWhen(true)] out Subscription? subscription) => _subscriptions.Remove(filter, out subscription);

    private static MqttQoS Lower(MqttQoS a, MqttQoS b) => a < b ? a : b;
}
