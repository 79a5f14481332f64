using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>Registers the device types: read from their store, and their folder, when the host starts.</summary>
public static class DeviceTypeRegistration
{
    /// <summary>Expects <see cref="Ports.IDeviceTypeStore"/> to be registered; comes before the twins.</summary>
    public static IServiceCollection AddDeviceTypes(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<DeviceTypeOptions>(configuration.GetSection(DeviceTypeOptions.Section));
        services.AddSingleton<DeviceTypeBook>();
        services.AddSingleton<IDeviceTypes>(provider => provider.GetRequiredService<DeviceTypeBook>());
        services.AddHostedService<OpenAtStart>();
        services.AddHealthChecks().AddCheck<Loaded>("device-types");
        return services;
    }

    private sealed class OpenAtStart(DeviceTypeBook types, IOptions<DeviceTypeOptions> options) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => types.Open(DeviceTypeFolder.Read(options.Value.Folder), cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Loaded(DeviceTypeBook types) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(types.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The device types are not loaded yet."));
    }
}
