using System.Collections.Concurrent;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// The QoS 2 messages of one server session that were handled and whose PUBREL has not come (4.3.3): a copy is acknowledged but not
/// handled again. Handlers add on threads of their own, also after their connection is gone.
/// </summary>
internal sealed class HandledMessages
{
    private readonly ConcurrentDictionary<ushort, bool> _packetIds = [];

    public void Add(ushort packetId) => _packetIds[packetId] = true;

    public bool Contains(ushort packetId) => _packetIds.ContainsKey(packetId);

    public bool Remove(ushort packetId) => _packetIds.TryRemove(packetId, out _);
}
