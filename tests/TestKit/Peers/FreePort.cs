using System.Net;
using System.Net.Sockets;

namespace OrleansIot.TestKit.Peers;

/// <summary>For programs that cannot be told to choose a port themselves.</summary>
public static class FreePort
{
    /// <summary>A port of this machine on which nobody listens now.</summary>
    public static int Find()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
