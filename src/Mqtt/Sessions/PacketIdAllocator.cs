namespace OrleansIot.Mqtt.Sessions;

/// <summary>
/// Hands out the packet identifiers of one direction: 1 to 65535, none of them in use ([MQTT-2.2.1-3], 3.1.1 [MQTT-2.3.1-2]).
/// An identifier that was given back is used again as late as possible, so that a stray answer finds nothing.
/// </summary>
public sealed class PacketIdAllocator
{
    private readonly HashSet<ushort> _taken = [];
    private ushort _last;

    /// <summary>How many identifiers are in use.</summary>
    public int Count => _taken.Count;

    /// <summary>Takes the next free identifier; false when all 65535 are in use.</summary>
    public bool TryTake(out ushort packetId)
    {
        packetId = 0;
        if (_taken.Count == ushort.MaxValue)
            return false;

        do
            _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
        while (!_taken.Add(_last));
        packetId = _last;
        return true;
    }

    /// <summary>Takes a certain identifier; false when it is in use.</summary>
    public bool TryReserve(ushort packetId) => _taken.Add(packetId);

    /// <summary>Gives an identifier back; false when it was not in use.</summary>
    public bool Release(ushort packetId) => _taken.Remove(packetId);
}
