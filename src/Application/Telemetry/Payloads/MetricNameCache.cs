using System.Collections.Concurrent;
using System.Text;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>
/// Metric names by their UTF-8 bytes, so that a name costs one string in the process and not one per message. Bounded in two
/// generations: when the young one is full it becomes the old one, and names in use move back into the young. A client that
/// invents names makes itself slow, and the names of others at worst once more.
/// </summary>
public sealed class MetricNameCache
{
    // Fleets have tens to a few thousand different names; at the longest possible name two generations take 10 MiB.
    private const int NamesPerGeneration = 8_192;

    private readonly int _capacity;
    private Generation _young = new();
    private Generation _old = new();

    public MetricNameCache()
        : this(NamesPerGeneration)
    {
    }

    /// <param name="capacity">Names per generation.</param>
    public MetricNameCache(int capacity) => _capacity = capacity;

    /// <summary>At most twice the capacity.</summary>
    public int Count => _young.Names.Count + _old.Names.Count;

    /// <summary>False for bytes that are no name a device may report. The bytes must be valid UTF-8.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, out MetricName name) =>
        _young.Lookup.TryGetValue(utf8, out name) || TryAdd(utf8, out name);

    private bool TryAdd(ReadOnlySpan<byte> utf8, out MetricName name)
    {
        if (!_old.Lookup.TryGetValue(utf8, out name) && !MetricName.TryParse(Encoding.UTF8.GetString(utf8), out name))
            return false;

        var young = _young;
        young.Names.TryAdd(utf8.ToArray(), name);

        // Counted apart from the dictionary, whose Count takes all its locks.
        if (Interlocked.Increment(ref young.Added) == _capacity)
        {
            _old = young;
            _young = new Generation();
        }

        return true;
    }

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<byte[], MetricName> Names = new(Utf8KeyComparer.Instance);
        public readonly ConcurrentDictionary<byte[], MetricName>.AlternateLookup<ReadOnlySpan<byte>> Lookup;
        public int Added;

        public Generation() => Lookup = Names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }
}
