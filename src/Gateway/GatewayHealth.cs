using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansIot.Gateway;

/// <summary>Ready while devices can connect.</summary>
internal sealed class GatewayHealth(MqttGatewayAddress address) : IHealthCheck
{
    public const string Name = "gateway";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(address.Bound is null ? HealthCheckResult.Unhealthy("The gateway does not listen.") : HealthCheckResult.Healthy());
}
