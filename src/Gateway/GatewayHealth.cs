using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Gateway.Broker;

namespace OrleansIot.Gateway;

/// <summary>Ready while devices can connect.</summary>
internal sealed class GatewayHealth(MqttGatewayAddress address, SessionJournal journal) : IHealthCheck
{
    public const string Name = "gateway";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            address.Bound is null ? HealthCheckResult.Unhealthy("The gateway does not listen.")
            : journal.IsFailing ? HealthCheckResult.Degraded("MQTT sessions cannot be stored; clients that want theirs kept are asked to come later.")
            : HealthCheckResult.Healthy());
}
