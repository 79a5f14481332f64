using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansIot.TestKit.Peers;

/// <summary>For programs that cannot be told to choose a port themselves, or that are started again on the port they had.</summary>
public static class FreePort
{
    // Above those of well-known services, below those that Linux gives to every socket that asks for any: 32768 to 60999 as a rule.
    private const int First = 10_000;
    private const int FewestToChooseFrom = 1_000;

    private static readonly int End = FirstGivenAway();
    private static readonly ConcurrentDictionary<int, bool> Found = new();

    /// <summary>
    /// A port of this machine on which nobody listens now, never the same twice. Nor does anybody get it who asks for any port:
    /// a silo that was started again on such a one met another program there.
    /// </summary>
    public static int Find()
    {
        // Several test projects search at the same time, so each begins anywhere.
        for (var tries = 0; End - First >= FewestToChooseFrom && tries < FewestToChooseFrom; tries++)
        {
            var port = Random.Shared.Next(First, End);
            if (Found.TryAdd(port, true) && CanListen(port))
                return port;
        }

        return Any();
    }

    private static int FirstGivenAway() =>
        OperatingSystem.IsLinux()
            ? int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0], CultureInfo.InvariantCulture)
            : 32_768; // Windows and macOS give away 49152 and above.

    private static bool CanListen(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    private static int Any()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
