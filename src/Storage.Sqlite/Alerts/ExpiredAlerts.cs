using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Alerts;

/// <summary>
/// Drops resolved alerts, and notifications that were delivered or given up, once they are older than they are kept: in pieces between
/// commits. The writer's own, but for <see cref="Wake"/>.
/// </summary>
/// <remarks>
/// A notification of an alert that is still there stays with it, and one that is pending stays whatever its age. None that went can be
/// made again: its key has the number of its alert's occurrence, which no later alert of the device has.
/// </remarks>
internal sealed class ExpiredAlerts(TimeSpan kept, TimeProvider time) : IUpkeep
{
    // One transaction, a few milliseconds: each row has entries in three or four indexes.
    private const int RowsAtOnce = 200;

    private static readonly string DeleteAlerts =
        $"DELETE FROM alert WHERE rowid IN (SELECT rowid FROM alert WHERE status = {(int)AlertStatus.Resolved} AND triggered_at < ?1 AND resolved_at < ?1 AND {GuardedTables.Alerts.IsWhole} ORDER BY triggered_at LIMIT ?2)";

    // As with readings.
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private volatile bool _isAwake;
    private long? _begunAt;
    private long? _failedAt;
    private bool _alertsAreDone;
    private long _lookedThrough;

    public bool IsDue => _isAwake && (_failedAt is not { } failed || time.GetElapsedTime(failed) >= PauseAfterFailure);

    /// <summary>Time has passed. Called by one timer.</summary>
    public void Wake()
    {
        if (_isAwake || (_begunAt is { } begun && time.GetElapsedTime(begun) < Interval))
            return;

        _begunAt = time.GetTimestamp();
        _isAwake = true;
    }

    public WriteJob NextJob() => new Piece(this);

    private long Now => time.GetTimestamp();

    private long Before => (time.GetUtcNow() - kept).ToUnixTimeMilliseconds();

    /// <returns>Whether fewer were there than could be dropped.</returns>
    private bool DropAlerts(SqliteDatabase database)
    {
        // Resolved is never before triggered: what is later in the index need not be looked at.
        database.Statement(DeleteAlerts).Bind(Before).Bind(RowsAtOnce).Run();
        return database.Changes < RowsAtOnce;
    }

    /// <returns>How far it has looked; null where that was to the end.</returns>
    private long? DropNotifications(SqliteDatabase database)
    {
        // In the order in which they were made: those that stay are looked at once in a pass.
        var before = Before;
        var dropped = new List<long>(RowsAtOnce);
        var (count, last) = (0, _lookedThrough);
        using (var rows = database.Statement(
            $"""
            SELECT sequence, created_at, status <> 0 AND ifnull(last_attempt_at, created_at) < ?1 AND {GuardedTables.Outbox.IsWhole} AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = alert_id)
            FROM outbox WHERE sequence > ?2 ORDER BY sequence LIMIT ?3
            """).Bind(before).Bind(_lookedThrough).Bind(RowsAtOnce))
        {
            while (rows.Step() && rows.Int64(1) < before)
            {
                count++;
                last = rows.Int64(0);
                if (rows.Int64(2) != 0)
                    dropped.Add(last);
            }
        }

        foreach (var sequence in dropped)
            database.Statement("DELETE FROM outbox WHERE sequence = ?").Bind(sequence).Run();

        return count == RowsAtOnce ? last : null;
    }

    private sealed class Piece(ExpiredAlerts owner) : WriteJob
    {
        private bool _alertsAreDone;
        private long? _lookedThrough;

        public override void Write(SqliteDatabase database)
        {
            _alertsAreDone = owner._alertsAreDone;
            if (_alertsAreDone)
                _lookedThrough = owner.DropNotifications(database);
            else
                _alertsAreDone = owner.DropAlerts(database);
        }

        public override void Committed()
        {
            owner._failedAt = null;
            var isLast = owner._alertsAreDone && _lookedThrough is null;
            (owner._alertsAreDone, owner._lookedThrough) = isLast ? (false, 0) : (_alertsAreDone, _lookedThrough ?? 0);
            owner._isAwake = !isLast;
        }

        public override void Fail(Exception failure) => owner._failedAt = owner.Now;
    }
}
