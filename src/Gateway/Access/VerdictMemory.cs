using System.Collections.Concurrent;

namespace OrleansIot.Gateway.Access;

/// <summary>A bounded set that forgets what has not been asked for longest, half of it at a time.</summary>
internal sealed class VerdictMemory(int capacity)
{
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<UInt128, byte> _young = new();
    private volatile ConcurrentDictionary<UInt128, byte> _old = new();

    public bool Contains(UInt128 digest)
    {
        if (_young.ContainsKey(digest))
            return true;
        if (!_old.ContainsKey(digest))
            return false;

        Add(digest);
        return true;
    }

    public void Add(UInt128 digest)
    {
        _young.TryAdd(digest, 0);
        if (_young.Count <= capacity / 2)
            return;

        lock (_turning)
        {
            if (_young.Count > capacity / 2)
                (_old, _young) = (_young, new ConcurrentDictionary<UInt128, byte>());
        }
    }
}
