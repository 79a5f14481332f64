using Microsoft.Extensions.DependencyInjection;

namespace OrleansIot.Gateway.Peers;

public static class PeerRegistration
{
    /// <summary>
    /// Makes the gateway one of several. Call it before <c>AddMqttGateway</c>, and after the services that the transport needs have
    /// been added: what clients leave behind when the gateway stops still goes out.
    /// </summary>
    public static IServiceCollection AddGatewayPeers<TTransport>(this IServiceCollection services)
        where TTransport : class, IPeerTransport
    {
        services.AddSingleton<IPeerTransport, TTransport>();
        services.AddSingleton<PeerClock>();
        services.AddSingleton<PeerRelay>();
        services.AddSingleton<PeerInbox>();
        services.AddSingleton(provider => new GatewayPeers(provider.GetRequiredService<PeerRelay>(), provider.GetRequiredService<PeerInbox>()));
        services.AddHostedService(provider => provider.GetRequiredService<PeerRelay>());
        return services;
    }
}
