using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansIot.Standalone.Agent;

internal static class LocalAgentRegistration
{
    public static IServiceCollection AddLocalAgent(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<LocalAgentOptions, LocalAgentOptionsValidator>().Bind(configuration.GetSection(LocalAgentOptions.Section));
        services.TryAddSingleton<LocalBroker>();
        return services.AddHostedService<LocalAgent>();
    }
}
