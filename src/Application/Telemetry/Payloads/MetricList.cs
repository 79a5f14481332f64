using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>Collects the metrics of one payload, each name once, in a pooled array.</summary>
internal ref struct MetricList(Span<uint> hashes)
{
    private readonly Span<uint> _hashes = hashes; // of the names; a vectorised search keeps 256 equal-looking names from costing 32,000 comparisons
    private readonly Metric[] _metrics = ArrayPool<Metric>.Shared.Rent(hashes.Length);

    public int Count { get; private set; }

    /// <summary>Adds a metric, or replaces the one of that name. False when there is no room for another.</summary>
    public bool TrySet(MetricName name, MetricValue value)
    {
        var hash = (uint)name.GetHashCode();
        for (var from = 0; _hashes[from..Count].IndexOf(hash) is >= 0 and var offset; from += offset + 1)
        {
            if (_metrics[from + offset].Name == name)
            {
                _metrics[from + offset] = new Metric(name, value);
                return true;
            }
        }

        if (Count == _hashes.Length)
            return false;

        _hashes[Count] = hash;
        _metrics[Count++] = new Metric(name, value);
        return true;
    }

    public readonly ImmutableArray<Metric> ToImmutable() =>
        ImmutableCollectionsMarshal.AsImmutableArray(_metrics.AsSpan(0, Count).ToArray());

    public readonly void Dispose()
    {
        _metrics.AsSpan(0, Count).Clear();
        ArrayPool<Metric>.Shared.Return(_metrics);
    }
}
