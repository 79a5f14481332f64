using OrleansIot.Mqtt.Sessions;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// What a client keeps from one connection to the next (4.1): subscriptions, unacknowledged messages, and calls not yet sent.
/// One connection at a time owns it; only <see cref="Commands"/> and <see cref="Handlers"/> are touched from elsewhere.
/// </summary>
internal sealed class ClientSession
{
    public ClientSession(MqttClientOptions options)
    {
        ClientId = options.ClientId;
        Commands = new CommandQueue(options.Queue, options.TimeProvider);
        Window = new OutboundWindow<ClientCommand.Publish>(Ids);
        foreach (var subscription in options.Subscriptions)
            Remember(new ClientCommand.Subscribe(TopicFilter.Parse(subscription.Filter), subscription.Options, subscription.Handler, IsDeclared: true));
    }

    /// <summary>Kept once the server has chosen it: under another the session would not be found again.</summary>
    public string ClientId { get; set; }

    public CommandQueue Commands { get; }

    public PacketIdAllocator Ids { get; } = new();

    public OutboundWindow<ClientCommand.Publish> Window { get; }

    /// <summary>The latest SUBSCRIBE for each filter; an unanswered one is sent again on the next connection.</summary>
    public Dictionary<TopicFilter, ClientCommand.Subscribe> Subscriptions { get; } = [];

    public SubscriptionTree<ClientCommand.Subscribe> Handlers { get; } = new(SameFilter.Instance);

    /// <summary>Of the server's session of the moment.</summary>
    public HandledMessages Handled { get; set; } = new();

    /// <summary>The handler that may still be busy with a message of an earlier connection; messages are handled one at a time.</summary>
    public Task Delivering { get; set; } = Task.CompletedTask;

    public void Remember(ClientCommand.Subscribe subscription)
    {
        Subscriptions[subscription.Filter] = subscription;
        Handlers.Add(subscription.Filter, subscription);
    }

    public void Forget(TopicFilter filter)
    {
        if (Subscriptions.Remove(filter, out var subscription))
            Handlers.Remove(filter, subscription);
    }

    /// <summary>Fails the messages whose acknowledgement has not come.</summary>
    public void FailUnacknowledged(MqttClosure closure)
    {
        foreach (var publish in Window.Abandon())
            publish.Fail(new MqttConnectionLostException(closure));
    }

    /// <summary>There will be no further connection: fails every call that waits and every one to come.</summary>
    public void End(MqttClosure closure)
    {
        var cause = new MqttConnectionLostException(closure);
        Commands.End(cause);
        FailUnacknowledged(closure);
        foreach (var subscription in Subscriptions.Values)
            subscription.Fail(cause);
    }

    private sealed class SameFilter : IEqualityComparer<ClientCommand.Subscribe>
    {
        public static readonly SameFilter Instance = new();

        public bool Equals(ClientCommand.Subscribe? x, ClientCommand.Subscribe? y) => Equals(x?.Filter, y?.Filter);

        public int GetHashCode(ClientCommand.Subscribe subscription) => subscription.Filter.GetHashCode();
    }
}
