using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OrleansIot.Application.History;

/// <summary>Registers how long history is kept, and what drops it then. A store calls it.</summary>
public static class HistoryRegistration
{
    /// <param name="store">What the store's own options say.</param>
    public static IServiceCollection AddHistoryRetention(this IServiceCollection services, IConfiguration configuration, Func<IServiceProvider, HistoryRetention> store)
    {
        services.AddOptionsWithValidateOnStart<HistoryRetentionOptions, HistoryRetentionOptionsValidator>().Bind(configuration.GetSection(HistoryRetentionOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<HistoryRetentionOptions>>().Value.Over(store(provider)));
        services.AddHostedService<RetentionJob>();
        return services;
    }
}
