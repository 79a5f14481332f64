using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Api.Access;
using OrleansIot.Api.Alerts;
using OrleansIot.Api.Devices;
using OrleansIot.Api.Health;
using OrleansIot.Api.Http;
using OrleansIot.Api.Metrics;
using OrleansIot.Api.OpenApi;
using OrleansIot.Api.Rules;
using OrleansIot.Api.Stream;

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
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddAccess(configuration);
        services.AddMeterRecorder(configuration);
        services.AddHealthChecks();
        services.AddApiDescription();
        return services;
    }

    /// <summary>Guards, secure headers, problem answers, authentication: in the order in which they must be.</summary>
    public static WebApplication UseApi(this WebApplication app)
    {
        app.UseSecureHeaders();
        app.UseMiddleware<HostGuard>();
        app.UseMiddleware<CrossSiteGuard>();
        app.UseMiddleware<ProblemAnswers>();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        var api = app.MapGroup($"{MachinePaths.Api}/v1");
        api.MapDevices();
        api.MapRules();
        api.MapAlerts();
        api.MapStream();
        app.MapMetrics();
        app.MapHealth();
        app.MapSignIn();
        app.MapOpenApi($"{MachinePaths.OpenApi}/{{documentName}}.json");
        return app;
    }
}
