using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.History;
using OrleansIot.Application.Stores;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite;

/// <summary>Registers the storage ports of the Standalone edition.</summary>
public static class StorageRegistration
{
    /// <summary>Call it before whatever uses the ports: hosted services stop in reverse order, and the store must be the last.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<SqliteOptions, SqliteOptionsValidator>().Bind(configuration.GetSection(SqliteOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => SqliteStore.Open(
            provider.GetRequiredService<IOptions<SqliteOptions>>().Value.Path,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqliteStore>>(),
            new StoreTuning { AlertRetention = provider.GetRequiredService<IOptions<SqliteOptions>>().Value.AlertRetention }));
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Journal);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Snapshots);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Checkpoints);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Alerts);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Rules);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().DeviceTypes);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Outbox);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().History);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Sessions);
        services.AddHistoryRetention(configuration, provider => provider.GetRequiredService<IOptions<SqliteOptions>>().Value.Retention);
        services.AddSingleton(provider => new StoreHealth(provider.GetRequiredService<SqliteStore>().Probe, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Damage);
        services.AddHealthChecks().AddCheck<StoreHealth>("store").AddCheck<DamageFound>("data");
        return services;
    }
}
