using System.Diagnostics.CodeAnalysis;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Gateway.Peers;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// What the server knows of a client beside its connection: subscriptions, what is owed to it, and which of its QoS 2 messages were
/// taken over (4.1). Lasts as long as its expiry interval says (3.1.2.11.2); <see cref="SessionRegistry"/> keeps it meanwhile.
/// </summary>
internal sealed class ClientSession(string clientId, SessionParts parts)
{
    private static readonly Dictionary<string, Subscription> NoSubscriptions = [];

    private Dictionary<string, Subscription>? _subscriptions;
    private int _subscriptionCount;
    private volatile bool _isDurable;

    public string ClientId { get; } = clientId;

    public DeliveryQueue Deliveries { get; } = new(clientId, parts);

    /// <summary>How long it outlives its connection, in seconds.</summary>
    public uint ExpirySeconds { get; set; }

    /// <summary>Whether what becomes of it is written to the store.</summary>
    public bool IsDurable
    {
        get => _isDurable;
        set => _isDurable = value;
    }

    /// <summary>By filter. Belongs to the connection's reader, and where there is none to whoever ends the session.</summary>
    public IReadOnlyDictionary<string, Subscription> Subscriptions => _subscriptions ?? NoSubscriptions;

    /// <summary>Whether more than one of its subscriptions may match a message.</summary>
    public bool MayOverlap => Volatile.Read(ref _subscriptionCount) > 1;

    /// <summary>The client's QoS 2 messages; null while there was none.</summary>
    public InboundExchanges? Inbound { get; private set; }

    /// <summary>The will of its last connection, while it waits (3.1.3.2.2). Of the registry, under its lock.</summary>
    public PendingWill? Will { get; set; }

    /// <summary>When something is due of it while it has no connection. Of the registry, under its lock.</summary>
    public SessionDue? Due { get; set; }

    /// <summary>When its last connection ended; null while there is one. Of the registry, under its lock.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Of its last connection, by which gateways agree on who was last.</summary>
    public PeerStamp ConnectedAt { get; set; }

    public InboundExchanges UseInbound() => Inbound ??= new InboundExchanges();

    /// <summary>A connection begins.</summary>
    public void Attach(int receiveMaximum, ISubscriber connection)
    {
        Inbound?.Connect();
        Deliveries.Connect(receiveMaximum, connection);
    }

    /// <summary>The connection is gone, the session stays.</summary>
    public void Detach() => Deliveries.Disconnect();

    /// <param name="number">Of the stored delivery; 0 where it is not stored.</param>
    public void Deliver(BrokeredMessage message, Subscription subscription, MqttQoS qos, bool retain, long number)
    {
        // Nobody is there to take it, and QoS 0 is not kept: no loss worth counting.
        var isConnected = Deliveries.IsConnected;
        if (qos == MqttQoS.AtMostOnce && !isConnected)
            return;

        if (Deliveries.TryAdd(new OutboundPublish(message, subscription, qos, retain, number)))
        {
            Deliveries.Notify();
            return;
        }

        if (number != 0)
            parts.Journal.Note(new SessionChange.Delivered(ClientId, number));
        if (!isConnected)
        {
            parts.Metrics.DeliveryShed("offline-full");
        }
        else if (qos == MqttQoS.AtMostOnce)
        {
            parts.Metrics.DeliveryShed("slow-subscriber");
        }
        else
        {
            parts.Metrics.DeliveryShed("slow-subscriber-disconnected");
            Deliveries.Overflow();
        }
    }

    /// <summary>[MQTT-3.3.1-8]: what is sent because of a new subscription says retain.</summary>
    public void DeliverRetained(IReadOnlyList<BrokeredMessage> messages, Subscription subscription)
    {
        if (messages.Count == 0)
            return;

        var backlog = new List<OutboundPublish>(messages.Count);
        foreach (var message in messages)
        {
            var qos = Lower(message.QoS, subscription.Options.QoS);
            var number = 0L;
            if (IsDurable && qos != MqttQoS.AtMostOnce && parts.Journal.CanTake)
            {
                number = parts.Journal.NextNumber();
                parts.Journal.Write(new SessionChange.Owed(
                    parts.Journal.Stored(message), [new StoredDelivery(ClientId, number, (byte)qos, Retain: true, subscription.Identifiers)]));
            }

            backlog.Add(new OutboundPublish(message, subscription, qos, Retain: true, number, IsBacklog: true));
        }

        Deliveries.AddBacklog(backlog);
        Deliveries.Notify();
    }

    public void Add(Subscription subscription)
    {
        (_subscriptions ??= [])[subscription.Filter.Text] = subscription;
        Volatile.Write(ref _subscriptionCount, _subscriptions.Count);
    }

    public bool Remove(string filter, [NotNullWhen(true)] out Subscription? subscription)
    {
        subscription = null;
        if (_subscriptions is null || !_subscriptions.Remove(filter, out subscription))
            return false;

        Volatile.Write(ref _subscriptionCount, _subscriptions.Count);
        return true;
    }

    /// <summary>[MQTT-3.8.4-8] (3.1.1: -6): at most the QoS that was granted.</summary>
    public static MqttQoS Lower(MqttQoS a, MqttQoS b) => a < b ? a : b;
}
