using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Bridges;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Presence;
using OrleansIot.Gateway.Shadows;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway;

public static class MqttGatewayBuilderExtensions
{
    /// <summary>
    /// Adds the MQTT gateway, configured by the section <see cref="MqttGatewayOptions.Section"/>. The host brings
    /// <c>ITwins</c> and <c>IngestStatistics</c>, and adds the services that run twins before this one: hosted services
    /// stop in reverse order, so that the gateway has ended its connections before the twins end.
    /// </summary>
    public static IHostApplicationBuilder AddMqttGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMqttGateway();
        return builder;
    }

    /// <inheritdoc cref="AddMqttGateway(IHostApplicationBuilder)"/>
    public static IServiceCollection AddMqttGateway(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<MqttGatewayOptions, MqttGatewayOptionsValidator>().BindConfiguration(MqttGatewayOptions.Section);
        services.AddSingleton<IValidateOptions<MqttGatewayOptions>, ListenAddressRule>();
        services.AddSingleton<AccessKey>();
        services.AddClientAccess();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<MetricNameCache>();
        services.TryAddSingleton<TelemetryReader>();
        services.AddSingleton<TelemetryIngest>();
        services.AddOptions<ShadowOptions>().BindConfiguration(ShadowOptions.Section);
        services.TryAddSingleton<ShadowNews>();
        services.TryAddSingleton<ShadowRates>();
        services.AddSingleton<ShadowAnswers>();
        services.AddSingleton<ShadowRequests>();
        services.TryAddSingleton(_ => GatewayRun.Of(Random.Shared));
        services.AddSingleton<DeviceSessions>();

        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<SessionJournal>();
        services.AddSingleton<RetainedMessages>();
        services.AddSingleton<MessageBroker>();
        services.AddSingleton<OfflineRoom>();
        services.AddSingleton<SlowSubscribers>();
        services.AddSingleton<SessionParts>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<SessionRecovery>();
        services.AddSingleton<ConnectedClients>();
        services.AddSingleton(provider => new ConnectionVersions(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PresenceEvents>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<GatewayParts>();
        services.AddSingleton<MqttConnectionHandler>();

        services.AddSingleton<MqttGatewayAddress>();
        services.AddHostedService<MqttGatewayServer>();
        services.AddBridges();
        services.AddHealthChecks().AddCheck<GatewayHealth>(GatewayHealth.Name);
        return services;
    }
}
