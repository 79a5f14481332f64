using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>
/// Makes coarse roll-ups of the minutes that a release without them has stored: a day of one device at a time, between the commits.
/// Queries answer rightly meanwhile, from minutes as far as it has not come.
/// </summary>
internal sealed partial class CoarseFill(GroupCommit writer, DamageFound damage, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _isNeeded;

    public void Prepare(SqliteDatabase database)
    {
        if (Meta.Read(database.Statement(Meta.Select).Bind(Meta.CoarseFilled)) is not null)
            return;

        _isNeeded = database.Number("SELECT EXISTS(SELECT 1 FROM rollup_hour)") != 0;
        if (!_isNeeded)
            Meta.Write(database, Meta.CoarseFilled, 1);
    }

    public void Start()
    {
        if (_isNeeded)
            _running = Run(_stopping.Token);
    }

    /// <summary>Where it stopped the next start goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task Run(CancellationToken stopping)
    {
        try
        {
            for (long? device = 0; device is { } last;)
                device = await writer.Run(database => Next(database, last), committed: null, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is done is stored.
        }
        catch (StoreException e)
        {
            LogFillFailed(e);
        }
    }

    /// <param name="finished">The device that was done last.</param>
    /// <returns>The same, or the next one when it is done; null after the last of all.</returns>
    private long? Next(SqliteDatabase database, long finished)
    {
        if (Following(database, finished) is not { } device)
        {
            Meta.Write(database, Meta.CoarseFilled, 1);
            return null;
        }

        var rows = new RollupRows(database, damage);
        return rows.LastHour(device) is not { } lastHour || rows.Fold(device, lastHour) ? device : finished;
    }

    private static long? Following(SqliteDatabase database, long device)
    {
        using var select = database.Statement("SELECT min(id) FROM device WHERE id > ?").Bind(device);
        return select.Step() ? select.OptionalInt64(0) : null;
    }

    [LoggerMessage(3040, LogLevel.Warning, "Making coarse roll-ups of older readings failed; the next start goes on with it. Charts are right meanwhile, and slower")]
    private partial void LogFillFailed(Exception exception);
}
