using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Notifications.Http;
using OrleansIot.Notifications.Slack;
using OrleansIot.Notifications.Webhooks;

namespace OrleansIot.Notifications;

/// <summary>Registers the channels, and what composes and delivers their messages.</summary>
public static class NotificationRegistration
{
    /// <summary>Expects <see cref="IOutbox"/> to be registered, and before: delivering starts after the store is open.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<NotificationOptions, NotificationOptionsValidator>().Bind(configuration.GetSection(NotificationOptions.Section));
        services.AddOptionsWithValidateOnStart<WebhookOptions, WebhookOptionsValidator>().Bind(configuration.GetSection(WebhookOptions.Section));
        services.AddOptionsWithValidateOnStart<SlackOptions, SlackOptionsValidator>().Bind(configuration.GetSection(SlackOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddChannelClient(WebhookChannel.ClientName);
        services.AddChannelClient(SlackChannel.ClientName);
        services.AddSingleton<HttpDelivery>();
        services.AddSingleton<INotificationChannel, WebhookChannel>();
        services.AddSingleton<INotificationChannel, SlackChannel>();
        services.AddDelivery(configuration);
        return services;
    }

    private static void AddChannelClient(this IServiceCollection services, string name) =>
        services.AddHttpClient(name, client =>
            {
                client.DefaultRequestHeaders.UserAgent.ParseAdd("OrleansIot/1");

                // The dispatcher limits each attempt.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would take a signed call, or Slack's secret address, to somewhere nobody configured.
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = HttpDelivery.MaxAnswerBytes,
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)

            // Its logs show whole addresses: a webhook's may hold a token, and Slack's is one.
            .RemoveAllLoggers();
}
