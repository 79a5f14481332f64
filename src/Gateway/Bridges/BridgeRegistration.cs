using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Bridges;

internal static class BridgeRegistration
{
    public static void AddBridges(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<BridgesOptions, BridgesRule>().BindConfiguration(BridgesOptions.Section);
        services.AddSingleton<InboundMessages>();
        services.AddSingleton<BridgeMetrics>();
        services.AddSingleton<BridgeService>();
        services.AddHostedService(provider => provider.GetRequiredService<BridgeService>());

        // A gateway without bridges says nothing of them.
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<BridgesOptions>>((checks, bridges) =>
        {
            if (bridges.Value.Bridges.Count > 0)
            {
                checks.Registrations.Add(new HealthCheckRegistration(
                    BridgesHealth.Name, provider => ActivatorUtilities.CreateInstance<BridgesHealth>(provider), failureStatus: null, tags: null));
            }
        });
    }
}
