using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace OrleansIot.Silo.Clustering;

/// <summary>Says what no setting can mend: whoever reaches a silo's own ports is let in.</summary>
internal sealed partial class OpenPorts(IOptions<EndpointOptions> endpoint, ILogger<OpenPorts> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var address = endpoint.Value.AdvertisedIPAddress;
        if (!IPAddress.IsLoopback(address))
            LogOpen(endpoint.Value.SiloPort, endpoint.Value.GatewayPort, address);

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(7000, LogLevel.Warning, "The ports {SiloPort} and {GatewayPort} of this silo on {Address} ask nobody for a key: see to it that only silos and integrators of this cluster reach them (docs/cluster.md)")]
    private partial void LogOpen(int siloPort, int gatewayPort, IPAddress address);
}
