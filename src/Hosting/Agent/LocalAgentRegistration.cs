using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansIot.Hosting.Agent;

public static class LocalAgentRegistration
{
    public static IServiceCollection AddLocalAgent(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<LocalAgentOptions, LocalAgentOptionsValidator>().Bind(configuration.GetSection(LocalAgentOptions.Section));
        services.TryAddSingleton<LocalBroker>();
        return services.AddHostedService<LocalAgent>();
    }
}
