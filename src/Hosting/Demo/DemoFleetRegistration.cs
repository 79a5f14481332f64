using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Hosting.Agent;

namespace OrleansIot.Hosting.Demo;

public static class DemoFleetRegistration
{
    public static IServiceCollection AddDemoFleet(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<DemoOptions, DemoOptionsValidator>().Bind(configuration.GetSection(DemoOptions.Section));
        services.TryAddSingleton<LocalBroker>();
        return services.AddHostedService<DemoFleetService>();
    }
}
