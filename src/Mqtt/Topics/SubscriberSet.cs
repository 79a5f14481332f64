namespace OrleansIot.Mqtt.Topics;

/// <summary>
/// The subscriptions of one filter: one writer at a time, readers at any time. A slot is filled and emptied in place,
/// so a fleet that joins and leaves one filter costs each member O(1), and a reader never misses one that stays.
/// </summary>
internal sealed class SubscriberSet<T>(IEqualityComparer<T> identity)
    where T : class
{
    // Below this, a scan beats a dictionary and most filters never get there.
    private const int ScanLimit = 8;

    private readonly Stack<int> _free = new();
    private T?[] _slots = new T?[1];
    private Dictionary<T, int>? _slotOf;
    private int _used;

    public bool IsEmpty => _used == _free.Count;

    public T? Add(T subscription)
    {
        var slot = Find(subscription);
        if (slot >= 0)
        {
            var replaced = _slots[slot];
            Set(slot, subscription);
            return replaced;
        }

        if (!_free.TryPop(out slot))
        {
            slot = _used++;
            if (slot == _slots.Length)
            {
                var larger = new T?[_slots.Length * 2];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }
        }

        Set(slot, subscription);
        return null;
    }

    public T? Remove(T subscription)
    {
        var slot = Find(subscription);
        if (slot < 0)
            return null;

        var removed = _slots[slot];
        _slotOf?.Remove(subscription);
        Volatile.Write(ref _slots[slot], null);
        _free.Push(slot);
        return removed;
    }

    public void CopyTo(List<T> matches)
    {
        foreach (ref var slot in Volatile.Read(ref _slots).AsSpan())
        {
            if (Volatile.Read(ref slot) is { } subscription)
                matches.Add(subscription);
        }
    }

    private void Set(int slot, T subscription)
    {
        // The dictionary keeps the first of equal keys, which would hold a replaced subscription alive.
        _slotOf?.Remove(subscription);
        _slotOf?.Add(subscription, slot);
        Volatile.Write(ref _slots[slot], subscription);
    }

    private int Find(T subscription)
    {
        if (_slotOf is null && _used > ScanLimit)
            _slotOf = IndexSlots();
        if (_slotOf is not null)
            return _slotOf.TryGetValue(subscription, out var known) ? known : -1;

        for (var slot = 0; slot < _used; slot++)
        {
            if (_slots[slot] is { } candidate && identity.Equals(candidate, subscription))
                return slot;
        }

        return -1;
    }

    private Dictionary<T, int> IndexSlots()
    {
        var index = new Dictionary<T, int>(identity);
        for (var slot = 0; slot < _used; slot++)
        {
            if (_slots[slot] is { } candidate)
                index.Add(candidate, slot);
        }

        return index;
    }
}
