using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansIot.Application.Notifications;

/// <summary>Registers what composes messages and what delivers them, over the channels that are registered.</summary>
public static class DeliveryRegistration
{
    /// <summary>Expects <see cref="Ports.IOutbox"/> and the <see cref="Ports.INotificationChannel"/>s to be registered.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<DeliveryOptions, DeliveryOptionsValidator>().Bind(configuration.GetSection(DeliveryOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<AlertMessages>();
        services.AddSingleton<RetrySchedule>();
        services.AddSingleton<TargetCircuits>();
        services.AddSingleton<DeliveryMeter>();
        services.AddSingleton<TargetLane>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddHealthChecks().AddCheck<OutboxDispatcher>(OutboxDispatcher.HealthName);
        return services;
    }
}
