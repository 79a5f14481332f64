using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Presence;

/// <summary>
/// Numbers the connections of each client id, from 0 again for one that was away for an hour, as AWS IoT Core does. In a cluster
/// the id's next connection may be another gateway's, so there the number is the time that all gateways agree on.
/// </summary>
internal sealed class ConnectionVersions(TimeProvider time, int capacity = ConnectionVersions.Capacity)
{
    // Some 100 bytes each. Of more clients that left within the hour those that left first count from 0 again.
    private const int Capacity = 100_000;

    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Last> _away = new(StringComparer.Ordinal);

    // In the order in which they left. A client that was back meanwhile may be in it more than once; only its last counts.
    private readonly Queue<(string ClientId, Last Last)> _order = new();

    public ConnectionVersion Next(ClientConnection client) =>
        client.ConnectedAt.Ticks > 0 ? new(Microseconds(client.ConnectedAt.Ticks), IsRemembered: false)
        : client.MayBeElsewhere ? new(Next(client.ClientId), IsRemembered: true)
        : default; // its id was given out for this connection alone

    public void Left(ClientPresence presence)
    {
        if (presence.Version.IsRemembered)
            Left(presence.ClientId, presence.Version.Number);
    }

    internal long Next(string clientId)
    {
        lock (_lock)
        {
            Forget();
            return _away.Remove(clientId, out var last) ? last.Number + 1 : 0;
        }
    }

    internal void Left(string clientId, long number)
    {
        lock (_lock)
        {
            var last = new Last(number, time.GetTimestamp());
            _away[clientId] = last;
            _order.Enqueue((clientId, last));
            Forget();
        }
    }

    private void Forget()
    {
        while (_order.TryPeek(out var first) && (_order.Count > capacity || time.GetElapsedTime(first.Last.At) >= Memory))
        {
            _order.Dequeue();
            if (_away.TryGetValue(first.ClientId, out var last) && last == first.Last)
                _away.Remove(first.ClientId);
        }
    }

    // Since 1970, and not in ticks: readers of JSON take numbers for doubles.
    private static long Microseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private readonly record struct Last(long Number, long At);
}
