using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>What was found not to be what was written. Told once each, and shown until a start finds it mended.</summary>
internal sealed partial class DamageFound(ILogger log) : IHealthCheck
{
    // More are counted by nobody: the command 'check' finds them all.
    private const int MaxKept = 1_000;

    private readonly ConcurrentDictionary<string, bool> _places = new(StringComparer.Ordinal);

    public void Add(string place)
    {
        if (_places.Count < MaxKept && _places.TryAdd(place, true))
            LogDamage(place);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_places.IsEmpty
        ? HealthCheckResult.Healthy()
        : HealthCheckResult.Degraded($"{SqliteErrors.Damaged}: {_places.Count} places of the data are not what was written; the log says which. Restore a backup, or run the command 'repair'."));

    [LoggerMessage(3006, LogLevel.Error, "store.damaged: {Place}")]
    private partial void LogDamage(string place);
}
