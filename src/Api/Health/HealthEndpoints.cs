using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Api.Http;

namespace OrleansIot.Api.Health;

/// <summary>For supervisors: is the process alive, and can it take work. Open to everybody; tells nothing but names of checks.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup(MachinePaths.Health).AllowAnonymous();

        // Alive is whoever answers: a store that is down is no reason to be killed.
        health.MapHealthChecks("/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write });
        health.MapHealthChecks("/ready", new HealthCheckOptions { ResponseWriter = Write });
    }

    private static Task Write(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new HealthDocument(
                WordOf(report.Status),
                report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new HealthCheckDocument(WordOf(entry.Value.Status), entry.Value.Description, Math.Round(entry.Value.Duration.TotalMilliseconds, 1)))),
            ApiJson.Default.HealthDocument,
            cancellationToken: context.RequestAborted);

    private static string WordOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
