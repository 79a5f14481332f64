using System.Collections.Concurrent;

namespace OrleansIot.Gateway.Connections;

/// <summary>Who is connected, by client id: one connection each.</summary>
internal sealed class ConnectedClients
{
    private readonly ConcurrentDictionary<string, ClientConnection> _byId = new(StringComparer.Ordinal);

    /// <summary>
    /// Enters a connection, once an earlier one of the same id has ended ([MQTT-3.1.4-3]; 3.1.1: -2). Answers the last
    /// that had to go, so that its device is told in the right order: the new session opens, then the old one closes.
    /// </summary>
    public async ValueTask<ClientConnection?> Enter(ClientConnection newcomer)
    {
        ClientConnection? evicted = null;
        while (!_byId.TryAdd(newcomer.ClientId, newcomer))
        {
            if (!_byId.TryGetValue(newcomer.ClientId, out var incumbent))
                continue;

            incumbent.Close(CloseReason.TakenOver);
            await incumbent.Left;
            evicted = incumbent;
        }

        return evicted;
    }

    public void Leave(ClientConnection connection) => _byId.TryRemove(KeyValuePair.Create(connection.ClientId, connection));
}
