using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansIot.Gateway.Bridges;

/// <summary>Tells of bridges that bring nothing. Never fails readiness: devices connect here whatever an outside broker does.</summary>
internal sealed class BridgesHealth(BridgeService service) : IHealthCheck
{
    public const string Name = "bridges";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var troubles = service.Bridges.Where(bridge => bridge.Trouble is not null).Select(bridge => $"{bridge.Name}: {bridge.Trouble}").ToArray();
        return Task.FromResult(troubles.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", troubles)));
    }
}
