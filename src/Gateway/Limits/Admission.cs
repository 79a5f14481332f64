using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway.Limits;

/// <summary>A connection that a listener let in: a feature of it, by which later stages tell how far it has come.</summary>
internal sealed class Admission(ConnectionGate gate, GatewayTransport transport, long since)
{
    private int _isDone;

    public GatewayTransport Transport => transport;

    /// <summary>When it was let in.</summary>
    public long Since => since;

    /// <summary>Whether its TLS handshake succeeded; without TLS from the start.</summary>
    public bool IsSecured { get; set; } = !transport.UsesTls();

    public bool IsHandshakeDone => Volatile.Read(ref _isDone) != 0;

    /// <summary>It is no longer half-open: its CONNECT was read, or it has ended.</summary>
    public void HandshakeDone()
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0)
            gate.HandshakeDone();
    }
}
