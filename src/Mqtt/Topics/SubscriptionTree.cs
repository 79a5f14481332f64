using System.Collections.Concurrent;

namespace OrleansIot.Mqtt.Topics;

/// <summary>
/// Who is subscribed to what. Any number of threads match while others subscribe: matching takes no lock and allocates
/// nothing, costs one look-up per level of the topic, and next to nothing while there are no subscriptions.
/// </summary>
/// <remarks>
/// All edges of the trie live in one dictionary keyed by (parent, level), so a fleet whose devices each subscribe to
/// a topic of their own costs one entry per level and not a dictionary per node.
/// </remarks>
/// <typeparam name="T">The subscription; a reference, so that a slot changes in one step under a reader's eyes.</typeparam>
/// <param name="identity">Which subscriptions are the same subscriber's; adding one replaces its predecessor ([MQTT-3.8.4-3]).</param>
public sealed class SubscriptionTree<T>(IEqualityComparer<T>? identity = null)
    where T : class
{
    private readonly IEqualityComparer<T> _identity = identity ?? EqualityComparer<T>.Default;
    private readonly ConcurrentDictionary<TopicEdge, Node> _edges = new(1, 31, TopicEdgeComparer.Instance);
    private readonly Lock _writing = new();
    private readonly Node _root = new(0, null, default);
    private long _lastNodeId;
    private int _count;

    /// <summary>How many subscriptions there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a subscription; returns the one it replaced, or null when it is new.</summary>
    public T? Add(TopicFilter filter, T subscription)
    {
        lock (_writing)
        {
            var replaced = SetFor(filter).Add(subscription);
            if (replaced is null)
                Volatile.Write(ref _count, _count + 1);
            return replaced;
        }
    }

    /// <summary>Removes the subscription that is the same subscriber's; returns it, or null when there was none.</summary>
    public T? Remove(TopicFilter filter, T subscription)
    {
        lock (_writing)
        {
            var node = _root;
            var endsWithHash = false;
            foreach (var level in new TopicLevels(filter.Utf8Bytes))
            {
                if (level is [(byte)'#'])
                {
                    endsWithHash = true;
                    break;
                }

                if (Child(node, level) is not { } child)
                    return null;
                node = child;
            }

            ref var set = ref endsWithHash ? ref node.OnEverythingBelow : ref node.OnThis;
            var removed = set?.Remove(subscription);
            if (removed is null)
                return null;

            if (set!.IsEmpty)
                Volatile.Write(ref set, null);
            Volatile.Write(ref _count, _count - 1);
            Prune(node);
            return removed;
        }
    }

    /// <summary>
    /// Appends to <paramref name="matches"/> every subscription whose filter matches; a subscriber with several
    /// matching filters appears once for each (3.3.4).
    /// </summary>
    public void Match(ReadOnlySpan<byte> topic, List<T> matches)
    {
        if (Count == 0)
            return;

        // [MQTT-4.7.2-1]: a leading wildcard does not match a topic that begins with '$'.
        var levels = new TopicLevels(topic);
        if (TopicName.IsReserved(topic))
        {
            levels.MoveNext();
            if (Child(_root, levels.Current) is { } reserved)
                Match(reserved, levels, matches);
        }
        else
        {
            Match(_root, levels, matches);
        }
    }

    private void Match(Node? node, TopicLevels levels, List<T> matches)
    {
        while (node is not null)
        {
            Volatile.Read(ref node.OnEverythingBelow)?.CopyTo(matches);
            if (!levels.MoveNext())
            {
                Volatile.Read(ref node.OnThis)?.CopyTo(matches);
                return;
            }

            if (Volatile.Read(ref node.AnyLevel) is { } anyLevel)
                Match(anyLevel, levels, matches);
            node = Volatile.Read(ref node.NamedChildren) == 0 ? null : NamedChild(node, levels.Current);
        }
    }

    private SubscriberSet<T> SetFor(TopicFilter filter)
    {
        var node = _root;
        foreach (var level in new TopicLevels(filter.Utf8Bytes))
        {
            if (level is [(byte)'#'])
                return SetOrNew(ref node.OnEverythingBelow);

            node = ChildOrNew(node, level);
        }

        return SetOrNew(ref node.OnThis);
    }

    private SubscriberSet<T> SetOrNew(ref SubscriberSet<T>? set)
    {
        if (set is null)
            Volatile.Write(ref set, new SubscriberSet<T>(_identity));
        return set!;
    }

    private Node? Child(Node node, ReadOnlySpan<byte> level) => level is [(byte)'+'] ? node.AnyLevel : NamedChild(node, level);

    private Node? NamedChild(Node node, ReadOnlySpan<byte> level) =>
        _edges.GetAlternateLookup<TopicEdgeView>().TryGetValue(new TopicEdgeView(node.Id, level), out var child) ? child : null;

    private Node ChildOrNew(Node node, ReadOnlySpan<byte> level)
    {
        if (Child(node, level) is { } existing)
            return existing;

        var edge = new TopicEdge(node.Id, level.ToArray());
        var child = new Node(++_lastNodeId, node, edge);
        if (level is [(byte)'+'])
        {
            Volatile.Write(ref node.AnyLevel, child);
        }
        else
        {
            _edges[edge] = child;
            Volatile.Write(ref node.NamedChildren, node.NamedChildren + 1);
        }

        return child;
    }

    private void Prune(Node node)
    {
        while (node is { Parent: { } parent, IsBare: true })
        {
            if (ReferenceEquals(parent.AnyLevel, node))
            {
                Volatile.Write(ref parent.AnyLevel, null);
            }
            else
            {
                _edges.TryRemove(node.Edge, out _);
                Volatile.Write(ref parent.NamedChildren, parent.NamedChildren - 1);
            }

            node = parent;
        }
    }

    private sealed class Node(long id, Node? parent, TopicEdge edge)
    {
        public Node? AnyLevel;
        public int NamedChildren;
        public SubscriberSet<T>? OnThis;
        public SubscriberSet<T>? OnEverythingBelow;

        public long Id { get; } = id;

        public Node? Parent { get; } = parent;

        public TopicEdge Edge { get; } = edge;

        public bool IsBare => NamedChildren == 0 && AnyLevel is null && OnThis is null && OnEverythingBelow is null;
    }
}
