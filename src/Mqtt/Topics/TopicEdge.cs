namespace OrleansIot.Mqtt.Topics;

/// <summary>The way from a node of the subscription tree to its child for one level.</summary>
internal readonly record struct TopicEdge(long Parent, byte[] Level);

/// <summary>The same edge, spoken of without owning the level's bytes.</summary>
internal readonly ref struct TopicEdgeView(long parent, ReadOnlySpan<byte> level)
{
    public long Parent { get; } = parent;

    public ReadOnlySpan<byte> Level { get; } = level;
}

/// <summary>Lets a topic's own bytes look up an edge.</summary>
internal sealed class TopicEdgeComparer : IEqualityComparer<TopicEdge>, IAlternateEqualityComparer<TopicEdgeView, TopicEdge>
{
    public static readonly TopicEdgeComparer Instance = new();

    public bool Equals(TopicEdge x, TopicEdge y) => x.Parent == y.Parent && x.Level.AsSpan().SequenceEqual(y.Level);

    public int GetHashCode(TopicEdge edge) => GetHashCode(new TopicEdgeView(edge.Parent, edge.Level));

    public bool Equals(TopicEdgeView alternate, TopicEdge other) =>
        alternate.Parent == other.Parent && alternate.Level.SequenceEqual(other.Level);

    // HashCode is seeded per process, so a client cannot choose topics that collide.
    public int GetHashCode(TopicEdgeView alternate)
    {
        var hash = new HashCode();
        hash.Add(alternate.Parent);
        hash.AddBytes(alternate.Level);
        return hash.ToHashCode();
    }

    public TopicEdge Create(TopicEdgeView alternate) => new(alternate.Parent, alternate.Level.ToArray());
}
