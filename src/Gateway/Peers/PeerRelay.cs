using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>From this gateway to its peers: who of them wants what, and what they are told of this one. There is none in a gateway that is alone.</summary>
internal sealed class PeerRelay(
    IPeerTransport transport, RetainedMessages retained, ConnectedClients clients, PeerClock clock, IOptions<MqttGatewayOptions> options, GatewayMetrics metrics,
    TimeProvider time, ILogger<PeerRelay> logger) : IHostedService
{
    // A hundred round trips in one network. Longer than that a client does not wait for its SUBACK because of a peer that is slow.
    private static readonly TimeSpan AnnounceLimit = TimeSpan.FromMilliseconds(500);

    // What is queued when the host stops leaves in a few batches, or there is nobody to take it.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static List<PeerLink>? _spareMatches;

    private readonly SubscriptionTree<PeerLink> _wanted = new();
    private readonly LocalInterest _interest = new();
    private readonly List<(long Version, TaskCompletionSource Done)> _announcing = [];
    private readonly Lock _lock = new();
    private PeerLink[] _links = [];

    public PeerLink? Find(PeerId peer) => Array.Find(Volatile.Read(ref _links), link => link.Peer == peer);

    /// <summary>Whether any peer has a subscriber for the topic.</summary>
    public bool IsWanted(ReadOnlySpan<byte> topic)
    {
        if (_wanted.Count == 0 || IsOwn(topic))
            return false;

        var matches = Match(topic);
        var wanted = matches.Count > 0;
        Return(matches);
        return wanted;
    }

    /// <summary>Queues a message for each peer that has a subscriber; false where none has.</summary>
    public bool Offer(BrokeredMessage message)
    {
        if (_wanted.Count == 0 || IsOwn(message.Body.Topic))
            return false;

        var item = PeerItem.Of(message);
        var matches = Match(message.Body.Topic);
        for (var i = 0; i < matches.Count; i++)
        {
            // A peer matches once for each of its filters; it delivers to all of them from one copy.
            if (matches.IndexOf(matches[i]) == i)
                matches[i].Offer(item);
        }

        var offered = matches.Count > 0;
        Return(matches);
        return offered;
    }

    /// <summary>Queues a message that was retained here for every peer, so that a later subscriber finds it wherever it is.</summary>
    public void OfferRetained(BrokeredMessage message, PeerStamp stamp)
    {
        if (!IsOwn(message.Body.Topic))
            OfferAll(PeerItem.Retained(message, stamp));
    }

    /// <summary>Tells every peer of a client that is connected here now.</summary>
    public void Connected(string clientId, PeerStamp stamp) => OfferAll(PeerItem.Connected(clientId, stamp));

    /// <summary>Counts a subscription here; the version of the interest at which peers know of its filter.</summary>
    public long Subscribed(TopicFilter filter)
    {
        if (IsOwn(filter.Utf8Bytes))
            return 0;

        lock (_lock)
        {
            if (_interest.Add(filter, out var version))
            {
                foreach (var link in _links)
                    link.Tell(filter, isAdded: true, version);
            }

            return version;
        }
    }

    public void Unsubscribed(TopicFilter filter)
    {
        if (IsOwn(filter.Utf8Bytes))
            return;

        lock (_lock)
        {
            if (!_interest.Remove(filter))
                return;
            foreach (var link in _links)
                link.Tell(filter, isAdded: false, _interest.Version);
        }
    }

    /// <summary>Completes when every peer that can be reached knows this version of the interest, or after half a second.</summary>
    public Task Announced(long version)
    {
        lock (_lock)
        {
            if (IsAnnounced(version))
                return Task.CompletedTask;

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _announcing.Add((version, done));
            return WaitFor(done);
        }
    }

    public void Join(PeerId peer)
    {
        lock (_lock)
        {
            if (Find(peer) is not null)
                return;

            var link = new PeerLink(peer, transport, this, clock, options.Value.PeerQueueBytes, metrics, time, logger);
            Volatile.Write(ref _links, [.. _links, link]);
            link.Start();
        }

        metrics.Peers(1);
        logger.PeerJoined(peer.Name);
    }

    public void Leave(PeerId peer)
    {
        PeerLink? link;
        lock (_lock)
        {
            link = Find(peer);
            if (link is null)
                return;
            Volatile.Write(ref _links, [.. _links.Where(other => other != link)]);
        }

        lock (link.Inbound.Lock)
        {
            link.Inbound.Leave();
            ForgetInterestOf(link);
        }

        link.Dispose();
        OnTold();
        metrics.Peers(-1);
        logger.PeerLeft(peer.Name);
    }

    /// <summary>Completes when each peer that has joined has told its interest, as far as one batch holds it, or has left.</summary>
    public Task Met() => Task.WhenAll(Volatile.Read(ref _links).Select(link => link.Inbound.Met));

    public void AddInterest(PeerLink link, TopicFilter filter)
    {
        if (link.Inbound.Filters.Add(filter))
            _wanted.Add(filter, link);
    }

    public void RemoveInterest(PeerLink link, TopicFilter filter)
    {
        if (link.Inbound.Filters.Remove(filter))
            _wanted.Remove(filter, link);
    }

    public void ForgetInterestOf(PeerLink link)
    {
        foreach (var filter in link.Inbound.Filters)
            _wanted.Remove(filter, link);
        link.Inbound.Filters.Clear();
    }

    /// <summary>Has a link tell the whole of the interest, and its changes from then on.</summary>
    public void TellAll(PeerLink link)
    {
        lock (_lock)
            link.TellAll(_interest.Filters, _interest.Version);
    }

    /// <summary>What a peer that joins has missed.</summary>
    public IEnumerable<PeerItem> State()
    {
        foreach (var (message, stamp) in retained.All())
        {
            if (!IsOwn(message.Body.Topic))
                yield return PeerItem.State(message, stamp);
        }

        foreach (var (clientId, at) in clients.All())
            yield return PeerItem.Connected(clientId, at);
    }

    /// <summary>Called when a link has told something, or given up waiting.</summary>
    public void OnTold()
    {
        lock (_lock)
        {
            for (var i = _announcing.Count - 1; i >= 0; i--)
            {
                var (version, done) = _announcing[i];
                if (!IsAnnounced(version))
                    continue;

                _announcing.RemoveAt(i);
                done.SetResult();
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is queued, as far as there is time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var links = Volatile.Read(ref _links);
        foreach (var link in links)
            link.Complete();

        try
        {
            await Task.WhenAll(links.Select(link => link.Ended)).WaitAsync(StopLimit, time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            // What they could not send in that time is lost, as it is when a host dies.
        }

        foreach (var link in links)
            Leave(link.Peer);
    }

    /// <summary>What this gateway says of itself is no news elsewhere.</summary>
    private static bool IsOwn(ReadOnlySpan<byte> topic) => topic.StartsWith("$SYS"u8);

    private void OfferAll(in PeerItem item)
    {
        foreach (var link in Volatile.Read(ref _links))
            link.Offer(item);
    }

    private bool IsAnnounced(long version) => Array.TrueForAll(_links, link => link.ToldUpTo >= version || link.IsFailing);

    private async Task WaitFor(TaskCompletionSource done)
    {
        try
        {
            await done.Task.WaitAsync(AnnounceLimit, time);
        }
        catch (TimeoutException)
        {
            lock (_lock)
                _announcing.RemoveAll(waiting => waiting.Done == done);
        }
    }

    private List<PeerLink> Match(ReadOnlySpan<byte> topic)
    {
        var matches = _spareMatches ?? [];
        _spareMatches = null;
        _wanted.Match(topic, matches);
        return matches;
    }

    private static void Return(List<PeerLink> matches)
    {
        matches.Clear();
        _spareMatches = matches;
    }
}
