using OrleansIot.Application.Telemetry.Payloads;

namespace OrleansIot.Gateway.Connections;

/// <summary>How a PUBLISH names its topic.</summary>
/// <param name="Number">0 where it has no alias.</param>
/// <param name="IsKnown">The client knows the alias, so that the topic is left out.</param>
internal readonly record struct TopicAlias(ushort Number, bool IsKnown)
{
    public bool IsNew => Number != 0 && !IsKnown;
}

/// <summary>The aliases of one connection's outgoing messages (3.3.2.3.4): first come, first served, none given anew. Belongs to its writer.</summary>
/// <param name="clientMaximum">The client's Topic Alias Maximum ([MQTT-3.1.2-26]).</param>
internal sealed class OutboundAliases(int clientMaximum)
{
    // A subscriber of a few topics gains by them; for one of thousands a table would cost more than it saves.
    private const int MaxAliases = 32;
    private const int MaxTopicBytes = 1_024;

    private readonly int _limit = Math.Min(clientMaximum, MaxAliases);
    private Dictionary<byte[], ushort>? _numbers;

    public TopicAlias Find(ReadOnlySpan<byte> topic)
    {
        if (_numbers is not null && _numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var known))
            return new TopicAlias(known, IsKnown: true);

        var count = _numbers?.Count ?? 0;
        return count < _limit && topic.Length <= MaxTopicBytes ? new TopicAlias((ushort)(count + 1), IsKnown: false) : default;
    }

    /// <summary>The client has been sent what <see cref="Find"/> proposed for the topic.</summary>
    public void Add(ReadOnlySpan<byte> topic)
    {
        _numbers ??= new Dictionary<byte[], ushort>(Utf8KeyComparer.Instance);
        _numbers.Add(topic.ToArray(), (ushort)(_numbers.Count + 1));
    }
}
