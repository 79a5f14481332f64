using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansIot.Silo.Clustering;

/// <summary>Ready while the cluster counts this silo as one of its own.</summary>
internal sealed class SiloHealth(ISiloStatusOracle membership) : IHealthCheck
{
    public const string Name = "silo";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentStatus;
        return Task.FromResult(status == SiloStatus.Active
            ? HealthCheckResult.Healthy($"Active, one of {membership.GetApproximateSiloStatuses(onlyActive: true).Count}.")
            : HealthCheckResult.Unhealthy($"This silo is not active in its cluster: {status}."));
    }
}
