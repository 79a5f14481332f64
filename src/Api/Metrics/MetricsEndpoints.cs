using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;

namespace OrleansIot.Api.Metrics;

/// <summary>Everything that is counted, for Prometheus.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet(MachinePaths.Metrics, Show).WithTags("Operations").WithName("Metrics")
            .WithSummary("Metrics in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    private static async Task<ContentHttpResult> Show(MeterRecorder recorder, FleetGauges fleet, CancellationToken cancellation)
    {
        await fleet.Refresh(cancellation);
        return TypedResults.Text(PrometheusText.Write(recorder.Collect()), PrometheusText.ContentType);
    }
}
