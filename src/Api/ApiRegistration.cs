using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Api.Access;
using OrleansIot.Api.AccessControl;
using OrleansIot.Api.Alerts;
using OrleansIot.Api.Devices;
using OrleansIot.Api.DeviceTypes;
using OrleansIot.Api.Health;
using OrleansIot.Api.Http;
using OrleansIot.Api.Metrics;
using OrleansIot.Api.OpenApi;
using OrleansIot.Api.Places;
using OrleansIot.Api.Rules;
using OrleansIot.Api.Shadows;
using OrleansIot.Api.Stream;
using OrleansIot.Application.History;
using OrleansIot.Application.Shadows;

namespace OrleansIot.Api;

/// <summary>
/// The REST API, the live stream, <c>/metrics</c>, <c>/health</c>, and who may use them and the dashboard. A host calls
/// <see cref="AddApi"/>, then <see cref="UseApi"/> before its own middleware, then <see cref="MapApi"/>.
/// </summary>
public static class ApiRegistration
{
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(json => WriteShapes(json.SerializerOptions));
        services.AddAccess(configuration);
        services.AddMeterRecorder(configuration);
        services.AddSingleton<ShadowWriter>();
        services.TryAddSingleton<ShadowRates>();
        services.AddHealthChecks();
        services.AddSingleton<FleetHistory>();
        services.AddApiDescription();
        return services;
    }

    /// <summary>Guards, secure headers, problem answers, authentication: in the order in which they must be.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app)
    {
        app.UseSecureHeaders();
        app.UseMiddleware<StoppingGuard>();
        app.UseMiddleware<HostGuard>();
        app.UseMiddleware<CrossSiteGuard>();
        app.UseMiddleware<ProblemAnswers>();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup($"{MachinePaths.Api}/v1");
        api.MapDevices();
        api.MapPlaces();
        api.MapFleetHistory();
        api.MapDeviceTypes();
        api.MapRules();
        api.MapAlerts();
        api.MapShadows();
        api.MapStream();
        api.MapAccess();
        routes.MapThingShadows();
        routes.MapMetrics();
        routes.MapHealth();
        routes.MapSignIn();
        routes.MapOpenApi($"{MachinePaths.OpenApi}/v1.json");
        return routes;
    }

    // The converters that the generated shapes were made with count only for the options that write them.
    private static void WriteShapes(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        foreach (var converter in ApiJson.Default.Options.Converters)
            options.Converters.Add(converter);
    }
}
