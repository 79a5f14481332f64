using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansIot.Application.Stores;

/// <summary>Ready is a store that takes writes: it is asked for one. Anybody may ask, so at most one a second is made of it.</summary>
/// <param name="probe">Makes the store write something of no consequence.</param>
public sealed class StoreHealth(Func<CancellationToken, ValueTask> probe, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Whoever waits longer for a commit has given up by then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _latest;
    private long _startedAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_latest is null || time.GetElapsedTime(_startedAt) >= Interval)
                (_startedAt, _latest) = (time.GetTimestamp(), Probe());

            return _latest.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> Probe()
    {
        try
        {
            await probe(CancellationToken.None).AsTask().WaitAsync(Patience, time);
            return HealthCheckResult.Healthy();
        }
        catch (StoreException e)
        {
            // The reason may name files, tables and addresses, so it goes to the log alone: anybody may read the answer.
            return HealthCheckResult.Unhealthy(e.Code is { } code ? $"{code}: the store does not take writes." : "The store does not take writes.", e);
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"The store took no write within {Patience.TotalSeconds:0} s.");
        }
    }
}
