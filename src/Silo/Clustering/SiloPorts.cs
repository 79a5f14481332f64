using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansIot.Hosting;

namespace OrleansIot.Silo.Clustering;

/// <summary>
/// Looks at the silo's own ports before it takes them. Orleans shares a port with whoever listens there, and a silo at the address
/// of another counts as its next run: it would put the other one, alive and at work, out of the cluster.
/// </summary>
internal sealed partial class SiloPorts(IOptions<EndpointOptions> endpoint, ILogger<SiloPorts> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var (address, silo, gateway) = (endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort, endpoint.Value.GatewayPort);
        Try(address, silo, nameof(ClusterHostOptions.SiloPort));
        if (gateway != 0)
            Try(address, gateway, nameof(ClusterHostOptions.GatewayPort));

        // What no setting can mend: whoever reaches these ports is let in.
        if (!IPAddress.IsLoopback(address))
            LogOpen(silo, gateway, address);

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Try(IPAddress address, int port, string setting)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartRefusedException($"Port {port} of {address} is in use, perhaps by another silo on this machine. Choose another with --{ClusterHostOptions.Section}:{setting}.", e);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied or SocketError.AddressNotAvailable)
        {
            throw new StartRefusedException(
                $"Port {port} of {address} cannot be listened on: {e.Message}. Choose others with --{ClusterHostOptions.Section}:{setting} and --{ClusterHostOptions.Section}:{nameof(ClusterHostOptions.AdvertisedAddress)}.", e);
        }
    }

    [LoggerMessage(7000, LogLevel.Warning, "The ports {SiloPort} and {GatewayPort} of this silo on {Address} ask nobody for a key: see to it that only silos and integrators of this cluster reach them (docs/cluster.md)")]
    private partial void LogOpen(int siloPort, int gatewayPort, IPAddress address);
}
