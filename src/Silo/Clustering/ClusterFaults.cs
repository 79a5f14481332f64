using System.Net.Sockets;

namespace OrleansIot.Silo.Clustering;

/// <summary>What can keep a silo from joining, in words for whoever starts it.</summary>
internal static class ClusterFaults
{
    public static string? Explain(Exception fault) => fault switch
    {
        // Orleans' own listeners; those of the web server and of the gateway come wrapped, and name their port.
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            "A port of the silo is in use, perhaps by another silo on this machine. Choose others with --Cluster:SiloPort and --Cluster:GatewayPort.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "An address cannot be listened on: it is not one of this machine. Choose another with --Cluster:AdvertisedAddress, --Gateway:Host or --urls.",
        _ => null,
    };
}
