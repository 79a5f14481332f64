using System.Collections.Immutable;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// The keys of the last messages of one device, by which a repeated message is known. Holds at least the last
/// <see cref="Remembered"/> keys; adding copies one short segment, never the whole.
/// </summary>
public sealed class RecentMessages : IEquatable<RecentMessages>
{
    // A sender has at most its Receive Maximum unacknowledged; AWS IoT Core and this gateway allow 100 per connection.
    public const int Remembered = SegmentLength * (Segments - 1);

    public static readonly RecentMessages None = new([]);

    private const int SegmentLength = 32;
    private const int Segments = 5;

    // Newest segment last; all but the last are full.
    private readonly ImmutableArray<ulong[]> _segments;

    private RecentMessages(ImmutableArray<ulong[]> segments) => _segments = segments;

    /// <summary>Oldest first.</summary>
    public IEnumerable<MessageKey> Keys => _segments.SelectMany(segment => segment).Select(key => new MessageKey(key));

    public bool Contains(MessageKey key)
    {
        foreach (var segment in _segments)
        {
            if (segment.AsSpan().Contains(key.Value))
                return true;
        }

        return false;
    }

    public RecentMessages Add(MessageKey key)
    {
        if (_segments is [.., { Length: < SegmentLength } last])
            return new(_segments.SetItem(_segments.Length - 1, [.. last, key.Value]));

        var kept = _segments.Length < Segments ? _segments : _segments.RemoveAt(0);
        return new(kept.Add([key.Value]));
    }

    public static RecentMessages Of(IEnumerable<MessageKey> oldestFirst) =>
        oldestFirst.Aggregate(None, (window, key) => window.Add(key));

    public bool Equals(RecentMessages? other) => other is not null && Keys.SequenceEqual(other.Keys);

    public override bool Equals(object? obj) => Equals(obj as RecentMessages);

    public override int GetHashCode() => _segments.Length;
}
