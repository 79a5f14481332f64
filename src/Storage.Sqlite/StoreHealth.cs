using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansIot.Storage.Sqlite;

/// <summary>Ready while the store is open and takes what it is given.</summary>
internal sealed class StoreHealth(SqliteStore store) : IHealthCheck
{
    public const string Name = "store";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.LastFailure is { } failure
            ? HealthCheckResult.Unhealthy($"The last commit failed: {failure.Message}")
            : HealthCheckResult.Healthy());
}
