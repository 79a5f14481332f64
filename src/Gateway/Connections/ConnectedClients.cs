using System.Collections.Concurrent;
using OrleansIot.Gateway.Peers;

namespace OrleansIot.Gateway.Connections;

/// <summary>Who is connected, by client id: one connection each.</summary>
/// <param name="clock">Null in a gateway that is alone.</param>
internal sealed class ConnectedClients(PeerClock? clock = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, ClientConnection> _byId = new(StringComparer.Ordinal);

    private readonly CancellationTokenSource _stopping = new();

    // A newcomer is either found by word of another connection of its id, or stamped after that one: never neither, never both.
    private readonly Lock _meeting = new();

    /// <summary>The server stops: for connections that are not entered yet.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Of all clients; see <see cref="ClientConnection.InFlight"/>. Looks at each: not for hot paths.</summary>
    public (long In, long Out) InFlight()
    {
        var (into, outOf) = (0L, 0L);
        foreach (var (_, client) in _byId)
        {
            var of = client.InFlight;
            (into, outOf) = (into + of.In, outOf + of.Out);
        }

        return (into, outOf);
    }

    /// <summary>Who may be connected to a peer too.</summary>
    public IReadOnlyList<(string ClientId, PeerStamp At)> All()
    {
        lock (_meeting)
            return [.. _byId.Values.Where(client => client.MayBeElsewhere).Select(client => (client.ClientId, client.ConnectedAt))];
    }

    /// <summary>
    /// Enters a connection, once an earlier one of the same id has ended ([MQTT-3.1.4-3]; 3.1.1: -2). Answers the last
    /// that had to go, so that its device is told in the right order: the new session opens, then the old one closes.
    /// </summary>
    public async ValueTask<ClientConnection?> Enter(ClientConnection newcomer)
    {
        ClientConnection? evicted = null;
        while (!TryEnter(newcomer))
        {
            if (!_byId.TryGetValue(newcomer.ClientId, out var incumbent))
                continue;

            incumbent.Close(CloseReason.TakenOver);
            await incumbent.Left;
            evicted = incumbent;
        }

        if (_stopping.IsCancellationRequested)
            newcomer.Close(CloseReason.ServerStopping);
        return evicted;
    }

    /// <summary>A client of this id is connected elsewhere: the later connection stays ([MQTT-3.1.4-3]; 3.1.1: -2).</summary>
    public void TakeOver(string clientId, PeerStamp elsewhere)
    {
        ClientConnection? incumbent;
        lock (_meeting)
        {
            clock?.Heard(elsewhere);
            if (!_byId.TryGetValue(clientId, out incumbent) || !elsewhere.IsAfter(incumbent.ConnectedAt))
                return;
        }

        incumbent.Close(CloseReason.TakenOverElsewhere);
    }

    /// <summary>Ends the connections that it holds for.</summary>
    public void Close(Func<ClientConnection, bool> isMeant, CloseReason reason)
    {
        foreach (var (_, client) in _byId)
        {
            if (isMeant(client))
                client.Close(reason);
        }
    }

    /// <summary>Ends all connections, and those that are entered from now on.</summary>
    public void Stop()
    {
        // One registration here, and not one for each connection at its own token: that is 200 bytes for each that is idle.
        _stopping.Cancel();
        Close(static _ => true, CloseReason.ServerStopping);
    }

    public void Dispose() => _stopping.Dispose();

    public void Leave(ClientConnection connection) => _byId.TryRemove(KeyValuePair.Create(connection.ClientId, connection));

    private bool TryEnter(ClientConnection newcomer)
    {
        if (clock is null)
            return _byId.TryAdd(newcomer.ClientId, newcomer);

        lock (_meeting)
        {
            if (!_byId.TryAdd(newcomer.ClientId, newcomer))
                return false;

            newcomer.ConnectedAt = clock.Next();
            return true;
        }
    }
}
