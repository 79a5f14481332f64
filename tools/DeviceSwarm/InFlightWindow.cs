namespace OrleansIot.DeviceSwarm;

/// <summary>The QoS 1 messages of one connection that wait for their PUBACK, by packet id.</summary>
internal sealed class InFlightWindow
{
    private readonly Slot[] _slots;
    private readonly Queue<ushort> _freeIds;
    private long _order;

    public InFlightWindow(int size)
    {
        _slots = new Slot[size];

        // First in, first out: an id rests as long as possible before it names another message.
        _freeIds = new Queue<ushort>(Enumerable.Range(1, size).Select(id => (ushort)id));
    }

    public int Count => _slots.Length - _freeIds.Count;

    public int Free => _freeIds.Count;

    /// <summary>Takes a packet id for the message. There must be one free.</summary>
    public ushort Add(SwarmMessage message, long since)
    {
        var id = _freeIds.Dequeue();
        _slots[id - 1] = new Slot(message, since, Order: ++_order);
        return id;
    }

    /// <summary>Ends the wait for this id; false when nothing waits for it.</summary>
    public bool TryRemove(ushort packetId, out SwarmMessage message, out long since)
    {
        (message, since) = (default, 0);
        if (packetId == 0 || packetId > _slots.Length || _slots[packetId - 1].Order == 0)
            return false;

        ref var slot = ref _slots[packetId - 1];
        (message, since) = (slot.Message, slot.Since);
        slot = default;
        _freeIds.Enqueue(packetId);
        return true;
    }

    /// <summary>What waits, in the order of sending.</summary>
    public IEnumerable<(ushort PacketId, SwarmMessage Message)> Waiting() =>
        _slots.Select((slot, i) => (Slot: slot, PacketId: (ushort)(i + 1)))
            .Where(entry => entry.Slot.Order > 0)
            .OrderBy(entry => entry.Slot.Order)
            .Select(entry => (entry.PacketId, entry.Slot.Message));

    private readonly record struct Slot(SwarmMessage Message, long Since, long Order);
}
