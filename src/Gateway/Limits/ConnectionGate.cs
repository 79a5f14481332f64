using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway.Limits;

/// <summary>Lets connections in, or closes them at once: before TLS, and before anything of them is read.</summary>
internal sealed class ConnectionGate(
    IOptions<MqttGatewayOptions> configured, GatewayMetrics metrics, TimeProvider time, ILogger<ConnectionGate> logger)
{
    // A flood is told of, and does not fill the log.
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly MqttGatewayOptions _options = configured.Value;
    private readonly AddressLimits? _addresses = configured.Value is { ConnectionsPerAddress: 0, ConnectionsPerAddressPerSecond: 0 }
        ? null
        : new AddressLimits(configured.Value.ConnectionsPerAddress, configured.Value.ConnectionsPerAddressPerSecond, time);

    private readonly ConcurrentDictionary<string, RefusalCount> _refusals = new();
    private int _connections;
    private int _handshakes;

    /// <summary>Has each connection of a listener pass here first.</summary>
    public void Guard(ListenOptions listen, GatewayTransport transport) => listen.Use(next => connection => Run(connection, next, transport));

    /// <summary>To come after TLS: by it, those that got so far are told from those that did not.</summary>
    public static void GuardSecured(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Get<Admission>()!.IsSecured = true;
        return next(connection);
    });

    public void HandshakeDone()
    {
        Interlocked.Decrement(ref _handshakes);
        metrics.Handshakes(-1);
    }

    private async Task Run(ConnectionContext connection, ConnectionDelegate next, GatewayTransport transport)
    {
        var address = Counted(connection.RemoteEndPoint);
        if (Enter(address) is { } refusal)
        {
            Refused(refusal, connection);
            connection.Abort(new ConnectionAbortedException($"refused: {refusal}"));
            return;
        }

        var admission = new Admission(this, transport, time.GetTimestamp());
        connection.Features.Set(admission);
        metrics.Handshakes(1);
        try
        {
            await next(connection);
        }
        finally
        {
            if (!admission.IsHandshakeDone && Failure(admission) is { } failure)
                Refused(failure, connection);
            admission.HandshakeDone();
            if (address is { } entered)
                _addresses?.Leave(entered);
            Interlocked.Decrement(ref _connections);
        }
    }

    private string? Enter(AddressKey? address)
    {
        if (Interlocked.Increment(ref _connections) > _options.MaxConnections)
        {
            Interlocked.Decrement(ref _connections);
            return ConnectionRefusal.MaxConnections;
        }

        var refusal = Interlocked.Increment(ref _handshakes) > _options.HandshakesAtATime
            ? ConnectionRefusal.Handshakes
            : address is { } counted ? _addresses?.TryEnter(counted) : null;
        if (refusal is not null)
        {
            Interlocked.Decrement(ref _handshakes);
            Interlocked.Decrement(ref _connections);
        }

        return refusal;
    }

    private AddressKey? Counted(EndPoint? remote) =>
        remote is IPEndPoint { Address: var address } && (_options.LimitsLoopback || !IPAddress.IsLoopback(address)) ? AddressKey.Of(address) : null;

    // Who merely looked whether the port is open is not counted.
    private string? Failure(Admission admission)
    {
        // Whoever closed it for its silence goes by another timer.
        if (time.GetElapsedTime(admission.Since) >= _options.ConnectTimeout * 0.9)
            return ConnectionRefusal.HandshakeTimeout;
        return admission.IsSecured ? null : ConnectionRefusal.Tls;
    }

    private void Refused(string reason, ConnectionContext connection)
    {
        metrics.ConnectionRefused(reason);
        if (_refusals.GetOrAdd(reason, static _ => new RefusalCount()).IsToBeTold(time) is { } count)
            logger.ConnectionsRefused(count, reason, connection.RemoteEndPoint);
    }

    private sealed class RefusalCount
    {
        private readonly Lock _lock = new();
        private long? _toldAt;
        private int _untold;

        /// <summary>How many there were since the last line, when it is time for another.</summary>
        public int? IsToBeTold(TimeProvider time)
        {
            lock (_lock)
            {
                _untold++;
                if (_toldAt is { } at && time.GetElapsedTime(at) < LogInterval)
                    return null;

                var count = _untold;
                (_toldAt, _untold) = (time.GetTimestamp(), 0);
                return count;
            }
        }
    }
}
