using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Standalone.Agent;

namespace OrleansIot.Standalone.Demo;

internal static class DemoFleetRegistration
{
    public static IServiceCollection AddDemoFleet(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<DemoOptions, DemoOptionsValidator>().Bind(configuration.GetSection(DemoOptions.Section));
        services.TryAddSingleton<LocalBroker>();
        return services.AddHostedService<DemoFleetService>();
    }
}
