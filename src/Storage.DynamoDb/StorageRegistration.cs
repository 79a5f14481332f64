using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.History;
using OrleansIot.Application.Stores;

namespace OrleansIot.Storage.DynamoDb;

/// <summary>Registers the storage ports on DynamoDB.</summary>
public static class StorageRegistration
{
    /// <summary>Call it before whatever uses the ports: hosted services stop in reverse order, and the store must be the last.</summary>
    public static IServiceCollection AddDynamoDbStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<DynamoDbOptions, DynamoDbOptionsValidator>().Bind(configuration.GetSection(DynamoDbOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new DynamoDbStore(
            provider.GetRequiredService<IOptions<DynamoDbOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DynamoDbStore>>(),
            provider.GetRequiredService<HistoryRetention>()));
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Journal);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Snapshots);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Checkpoints);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Alerts);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Rules);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().DeviceTypes);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Outbox);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().History);
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().SignInKeys);
        services.AddHostedService<StoreStartup>();
        services.AddHistoryRetention(configuration, provider => provider.GetRequiredService<IOptions<DynamoDbOptions>>().Value.Retention);
        services.AddSingleton(provider => new StoreHealth(provider.GetRequiredService<DynamoDbStore>().Probe, provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().AddCheck<StoreHealth>("store");
        return services;
    }

    /// <summary>
    /// Keeps MQTT sessions and retained messages there too. Only for a host that is alone with its tables: sessions have one writer, and
    /// nothing tells several silos who that is.
    /// </summary>
    public static IServiceCollection AddDynamoDbSessions(this IServiceCollection services) =>
        services.AddSingleton(provider => provider.GetRequiredService<DynamoDbStore>().Sessions);
}
