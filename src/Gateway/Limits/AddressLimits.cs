using System.Runtime.InteropServices;

namespace OrleansIot.Gateway.Limits;

/// <summary>Connections of each address: how many are open, and how many came of late.</summary>
/// <param name="perAddress">0 for no limit.</param>
/// <param name="perSecond">0 for no limit.</param>
internal sealed class AddressLimits(int perAddress, int perSecond, TimeProvider time)
{
    // Of addresses without a connection. With more that came within a second, none of them is held to the rate: who has so many
    // is not kept out by a limit on each.
    private const int MaxIdle = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<AddressKey, Entry> _entries = [];
    private int _sweepAt = 1_024;

    /// <summary>How many addresses are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Null when the connection may come, which is then to leave; else the reason.</summary>
    public string? TryEnter(AddressKey address)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (_entries.Count >= _sweepAt)
                Sweep(now);

            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, address, out var isKnown);
            if (!isKnown)
                entry.Rate = new TokenBucket(perSecond, now);

            entry.Rate.Fill(time, now);
            if (perSecond > 0 && !entry.Rate.HasRoom)
                return ConnectionRefusal.AddressRate;
            if (perAddress > 0 && entry.Open >= perAddress)
                return ConnectionRefusal.AddressCount;

            entry.Rate.Take(1);
            entry.Open++;
            return null;
        }
    }

    public void Leave(AddressKey address)
    {
        lock (_lock)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, address);
            entry.Open--;
            if (entry.Open == 0 && perSecond == 0)
                _entries.Remove(address);
        }
    }

    // Only when there are twice as many as the last one left: the cost for each connection stays the same.
    private void Sweep(long now)
    {
        var idle = 0;
        foreach (var (address, entry) in _entries)
        {
            var rate = entry.Rate;
            rate.Fill(time, now);
            if (entry.Open == 0 && (rate.IsFull || ++idle > MaxIdle))
                _entries.Remove(address);
        }

        _sweepAt = Math.Max(1_024, _entries.Count * 2);
    }

    private struct Entry
    {
        public int Open;
        public TokenBucket Rate;
    }
}
