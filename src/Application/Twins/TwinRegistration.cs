using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Past;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins.Mailboxes;
using OrleansIot.Application.Twins.Ports;

namespace OrleansIot.Application.Twins;

/// <summary>Registers the twins of the Standalone edition, owned by mailboxes in this process; and what they share with those of the cluster.</summary>
public static class TwinRegistration
{
    /// <summary>With the device types. Expects the storage ports, <see cref="IRules"/> and <see cref="AlertMessages"/> to be registered too, and before: twins start after the store and the rules.</summary>
    public static IServiceCollection AddTwins(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLiveTwins(configuration);
        services.AddDeviceTypes(configuration);
        services.AddSingleton<IFleet>(provider => provider.GetRequiredService<FleetIndex>());
        services.AddSingleton<MailboxTwins>();
        services.AddSingleton<ITwins>(provider => provider.GetRequiredService<MailboxTwins>());
        services.AddSingleton<TwinStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<TwinStartup>());
        services.AddHealthChecks().AddCheck<TwinStartup>(TwinStartup.HealthName);
        services.AddHostedService<TwinSnapshotter>();
        return services;
    }

    /// <summary>What any owner of twins works with: <see cref="LiveTwinServices"/>, and the <see cref="FleetIndex"/> of the twins that this process owns.</summary>
    public static IServiceCollection AddLiveTwins(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<TwinOptions, TwinOptionsValidator>().Bind(configuration.GetSection(TwinOptions.Section));
        services.AddOptionsWithValidateOnStart<MassDisconnectOptions, MassDisconnectOptionsValidator>().Bind(configuration.GetSection(MassDisconnectOptions.Section));
        services.AddOptionsWithValidateOnStart<ShadowOptions, ShadowOptionsValidator>().Bind(configuration.GetSection(ShadowOptions.Section));
        services.AddSingleton<ShadowNews>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IngestStatistics>();
        services.AddSingleton<IIngestStatistics>(provider => provider.GetRequiredService<IngestStatistics>());
        services.AddSingleton<FleetIndex>();
        services.AddSingleton<TwinPast>();
        services.AddSingleton<SchemaInference>();
        services.AddSingleton(provider => new LiveTwinServices(
            provider.GetRequiredService<ITwinJournal>(),
            provider.GetRequiredService<ITwinSnapshots>(),
            provider.GetRequiredService<IRules>(),
            provider.GetRequiredService<IDeviceTypes>(),
            provider.GetRequiredService<AlertMessages>(),
            provider.GetRequiredService<FleetIndex>(),
            provider.GetRequiredService<IOptions<TwinOptions>>().Value.Presence,
            provider.GetRequiredService<TimeProvider>())
        {
            ShadowLimits = provider.GetRequiredService<IOptions<ShadowOptions>>().Value.Limits,
            ShadowNews = provider.GetRequiredService<ShadowNews>(),
        });
        return services;
    }
}
