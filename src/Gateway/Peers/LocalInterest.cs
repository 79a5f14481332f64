using System.Runtime.InteropServices;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>
/// What this gateway's clients are subscribed to: each filter once, whoever and however many they are. Changes are numbered. One
/// caller at a time.
/// </summary>
internal sealed class LocalInterest
{
    private readonly Dictionary<TopicFilter, Entry> _filters = [];

    /// <summary>The number of the last change.</summary>
    public long Version { get; private set; }

    public IReadOnlyCollection<TopicFilter> Filters => _filters.Keys;

    /// <summary>Counts a subscription. True when it is the filter's first; <paramref name="version"/> is when that one came.</summary>
    public bool Add(TopicFilter filter, out long version)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_filters, filter, out var exists);
        entry = exists ? entry with { Count = entry.Count + 1 } : new Entry(1, ++Version);
        version = entry.Since;
        return !exists;
    }

    /// <summary>Takes a subscription off; true when it was the filter's last.</summary>
    public bool Remove(TopicFilter filter)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_filters, filter);
        if (--entry.Count > 0)
            return false;

        _filters.Remove(filter);
        Version++;
        return true;
    }

    private record struct Entry(int Count, long Since);
}
