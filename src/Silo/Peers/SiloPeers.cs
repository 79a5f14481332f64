using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Gateway.Peers;

namespace OrleansIot.Silo.Peers;

/// <summary>Makes the gateways of all silos one to their clients.</summary>
public static class SiloPeers
{
    /// <summary>Between <c>AddSilo</c> and <c>AddMqttGateway</c>: the gateway listens when it knows its peers, and what it has for them leaves before the silo does.</summary>
    public static IServiceCollection AddSiloPeers(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddGatewayPeers<SiloPeerTransport>();
        services.AddGrainService<SiloPeer>();
        return services.AddHostedService<SiloPeerWatch>();
    }

    internal static PeerId IdOf(SiloAddress silo) => new(silo.ToParsableString());

    internal static SiloAddress AddressOf(PeerId peer) => SiloAddress.FromParsableString(peer.Name);
}
