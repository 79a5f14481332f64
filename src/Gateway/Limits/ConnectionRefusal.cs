namespace OrleansIot.Gateway.Limits;

/// <summary>Why a connection did not get as far as CONNECT, as the metric names it.</summary>
internal static class ConnectionRefusal
{
    public const string MaxConnections = "max-connections";
    public const string AddressCount = "address-count";
    public const string AddressRate = "address-rate";
    public const string Handshakes = "handshakes";
    public const string HandshakeTimeout = "handshake-timeout";
    public const string Tls = "tls";
}
