using System.Collections.Immutable;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// The keys of the last messages of one device, by which a repeated message is known. Holds at least the last
/// <see cref="Remembered"/> keys; adding copies none of them, but once in 32 times the references to their segments.
/// </summary>
public sealed class RecentMessages : IEquatable<RecentMessages>
{
    // A sender has at most its Receive Maximum unacknowledged; AWS IoT Core and this gateway allow 100 per connection.
    public const int Remembered = SegmentLength * FullSegments;

    public static readonly RecentMessages None = new([], new Segment(), 0);

    private const int SegmentLength = 32;
    private const int FullSegments = 4;

    // Oldest first.
    private readonly ImmutableArray<Segment> _full;

    // Shared with the values before and after this one: each sees only the keys that it counts, and those never change.
    private readonly Segment _last;
    private readonly int _count;

    private RecentMessages(ImmutableArray<Segment> full, Segment last, int count) => (_full, _last, _count) = (full, last, count);

    /// <summary>Oldest first.</summary>
    public IEnumerable<MessageKey> Keys =>
        _full.SelectMany(segment => segment.Keys).Concat(_last.Keys.Take(_count)).Select(key => new MessageKey(key));

    public bool Contains(MessageKey key)
    {
        if (_last.Keys.AsSpan(0, _count).Contains(key.Value))
            return true;

        foreach (var segment in _full)
        {
            if (segment.Keys.AsSpan().Contains(key.Value))
                return true;
        }

        return false;
    }

    public RecentMessages Add(MessageKey key)
    {
        if (_count == SegmentLength)
            return new((_full.Length < FullSegments ? _full : _full.RemoveAt(0)).Add(_last), Segment.Of([], key), 1);

        return new(_full, _last.TryAppend(_count, key) ? _last : Segment.Of(_last.Keys.AsSpan(0, _count), key), _count + 1);
    }

    public static RecentMessages Of(IEnumerable<MessageKey> oldestFirst) =>
        oldestFirst.Aggregate(None, (window, key) => window.Add(key));

    public bool Equals(RecentMessages? other) => other is not null && Keys.SequenceEqual(other.Keys);

    public override bool Equals(object? obj) => Equals(obj as RecentMessages);

    public override int GetHashCode() => _count;

    private sealed class Segment
    {
        private int _used;

        public ulong[] Keys { get; private init; } = [];

        public static Segment Of(ReadOnlySpan<ulong> before, MessageKey key)
        {
            var keys = new ulong[SegmentLength];
            before.CopyTo(keys);
            keys[before.Length] = key.Value;
            return new Segment { Keys = keys, _used = before.Length + 1 };
        }

        /// <summary>False where a value that shares this has gone on from the same place, so that the next key is not ours to write.</summary>
        public bool TryAppend(int after, MessageKey key)
        {
            if (after == Keys.Length || Interlocked.CompareExchange(ref _used, after + 1, after) != after)
                return false;

            Keys[after] = key.Value;
            return true;
        }
    }
}
