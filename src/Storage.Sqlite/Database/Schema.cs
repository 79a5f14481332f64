using OrleansIot.Application;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>The tables, and the way from each older form to the newest. <c>user_version</c> counts the steps that were taken.</summary>
internal static class Schema
{
    // A step that was released is never edited: the next change is the next step.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

        -- One row per commit: all its events (see LogRow).
        CREATE TABLE log(position INTEGER PRIMARY KEY, committed_at INTEGER NOT NULL, body BLOB NOT NULL);

        -- history_through: position in the log up to which the device's readings are in reading_chunk.
        CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, history_through INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE snapshot(device INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL);

        CREATE TABLE alert(
            id TEXT NOT NULL UNIQUE,
            device TEXT NOT NULL, rule TEXT NOT NULL, status INTEGER NOT NULL, severity INTEGER NOT NULL, triggered_at INTEGER NOT NULL,
            acknowledged_at INTEGER, acknowledged_by TEXT, resolved_at INTEGER, resolved_by TEXT, resolution INTEGER,
            -- The alert as it was triggered.
            body BLOB NOT NULL);
        CREATE INDEX alert_by_time ON alert(triggered_at, id);
        CREATE INDEX alert_by_status ON alert(status, triggered_at, id);
        CREATE INDEX alert_by_device ON alert(device, triggered_at, id);

        CREATE TABLE rule(id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE outbox(
            sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
            alert_id TEXT NOT NULL, channel TEXT NOT NULL, target TEXT NOT NULL, transition INTEGER NOT NULL, device_name TEXT,
            created_at INTEGER NOT NULL, status INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
            last_attempt_at INTEGER, outcome TEXT, alert BLOB NOT NULL);
        CREATE INDEX outbox_pending ON outbox(due_at) WHERE status = 0;
        CREATE INDEX outbox_by_alert ON outbox(alert_id);

        CREATE TABLE reading_chunk(
            id INTEGER PRIMARY KEY, device INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
            count INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX reading_chunk_by_device ON reading_chunk(device, last_at, first_at);
        CREATE INDEX reading_chunk_by_age ON reading_chunk(last_at);

        -- The one-minute roll-ups of all metrics of a device in one hour (hours since 1970).
        CREATE TABLE rollup_hour(device INTEGER NOT NULL, hour INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE(device, hour));
        CREATE INDEX rollup_hour_by_age ON rollup_hour(hour);
        """,
        """
        CREATE TABLE session(id INTEGER PRIMARY KEY, client TEXT NOT NULL UNIQUE, expiry_seconds INTEGER NOT NULL, ended_at INTEGER);
        CREATE TABLE subscription(session INTEGER NOT NULL, filter TEXT NOT NULL, options INTEGER NOT NULL, identifier INTEGER, PRIMARY KEY(session, filter)) WITHOUT ROWID;
        CREATE TABLE received(session INTEGER NOT NULL, packet INTEGER NOT NULL, PRIMARY KEY(session, packet)) WITHOUT ROWID;

        -- id: number of its first delivery, so that messages are written one behind the other.
        CREATE TABLE message(
            id INTEGER PRIMARY KEY,
            topic BLOB NOT NULL, properties BLOB NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL, expires_at INTEGER);

        -- shared: other deliveries may have the same message, which goes with the last of them. One that is not shared needs no entry in
        -- the index, and that is most of them.
        CREATE TABLE delivery(
            session INTEGER NOT NULL, number INTEGER NOT NULL, message INTEGER NOT NULL, shared INTEGER NOT NULL,
            qos INTEGER NOT NULL, retain INTEGER NOT NULL, packet INTEGER NOT NULL, released INTEGER NOT NULL, subscription_ids BLOB,
            PRIMARY KEY(session, number)) WITHOUT ROWID;
        CREATE INDEX delivery_shared ON delivery(message) WHERE shared = 1;

        CREATE TABLE will(
            session INTEGER PRIMARY KEY, at INTEGER NOT NULL,
            topic BLOB NOT NULL, properties BLOB NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL, expires_at INTEGER);
        CREATE TABLE retained(
            topic BLOB NOT NULL UNIQUE, properties BLOB NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL, expires_at INTEGER);
        """,
        """
        -- See StoredChecksum. Rows from before have none.
        ALTER TABLE snapshot ADD COLUMN checksum INTEGER;
        ALTER TABLE reading_chunk ADD COLUMN checksum INTEGER;
        """,
        """
        -- Quarter-hours, hours and days (resolution: see HistoryResolution), in blocks counted since 1970.
        CREATE TABLE rollup_coarse(device INTEGER NOT NULL, resolution INTEGER NOT NULL, block INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE(device, resolution, block));
        CREATE INDEX rollup_coarse_by_age ON rollup_coarse(resolution, block);

        -- Hours before it are in rollup_coarse; null: none is.
        ALTER TABLE device ADD COLUMN coarse_before INTEGER;

        -- From when on history is shown, by pattern of metrics, in the order in which they are tried, and by resolution (0: readings).
        CREATE TABLE kept(place INTEGER NOT NULL, metrics TEXT NOT NULL, resolution INTEGER NOT NULL, since INTEGER NOT NULL, PRIMARY KEY(place, resolution)) WITHOUT ROWID;
        INSERT INTO kept SELECT 0, '*', 0, value FROM meta WHERE name = 'readings_from';
        INSERT INTO kept SELECT 0, '*', resolutions.column1, value FROM meta, (VALUES (1), (2), (3), (4)) AS resolutions WHERE name = 'rollups_from';
        DELETE FROM meta WHERE name IN ('readings_from', 'rollups_from');
        """,
        """
        CREATE TABLE device_type(id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        """,
        """
        -- Versions of its first and last reading; those between that no other event has are its other readings'. Null: of a
        -- release that kept all events in the log.
        ALTER TABLE reading_chunk ADD COLUMN first_version INTEGER;
        ALTER TABLE reading_chunk ADD COLUMN last_version INTEGER;
        CREATE INDEX reading_chunk_by_version ON reading_chunk(device, last_version, first_version) WHERE last_version IS NOT NULL;
        DROP INDEX reading_chunk_by_age;
        CREATE INDEX reading_chunk_by_age ON reading_chunk(last_at) WHERE last_version IS NULL;

        -- All events but readings (see EventChunk).
        CREATE TABLE device_event(
            device INTEGER NOT NULL, last_version INTEGER NOT NULL, first_version INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY(device, last_version)) WITHOUT ROWID;

        -- Twins as they were; at: no event up to that version is later.
        CREATE TABLE checkpoint(device INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(device, version)) WITHOUT ROWID;
        CREATE INDEX checkpoint_by_time ON checkpoint(device, at);

        -- kept_after: every event after that version is in reading_chunk, device_event or the log; null: not known, some are only in the log
        -- of an older release. dropped_through: what is up to that version has expired, and may be there in part.
        ALTER TABLE device ADD COLUMN kept_after INTEGER;
        ALTER TABLE device ADD COLUMN dropped_through INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device ADD COLUMN last_event_at INTEGER;
        ALTER TABLE device ADD COLUMN checkpoint_version INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device ADD COLUMN checkpoint_at INTEGER;
        INSERT INTO meta(name, value) SELECT 'old_log_through', max(position) FROM log WHERE position IS NOT NULL HAVING count(*) > 0;
        """,
        """
        -- See StoredChecksum. Rows from before have none.
        ALTER TABLE checkpoint ADD COLUMN checksum INTEGER;
        """,
        """
        -- See GuardedTable, and StoredChecksum for roll-ups. Rows from before have none.
        ALTER TABLE alert ADD COLUMN checksum INTEGER;
        ALTER TABLE rule ADD COLUMN checksum INTEGER;
        ALTER TABLE device_type ADD COLUMN checksum INTEGER;
        ALTER TABLE outbox ADD COLUMN checksum INTEGER;
        ALTER TABLE session ADD COLUMN checksum INTEGER;
        ALTER TABLE subscription ADD COLUMN checksum INTEGER;
        ALTER TABLE received ADD COLUMN checksum INTEGER;
        ALTER TABLE message ADD COLUMN checksum INTEGER;
        ALTER TABLE delivery ADD COLUMN checksum INTEGER;
        ALTER TABLE will ADD COLUMN checksum INTEGER;
        ALTER TABLE retained ADD COLUMN checksum INTEGER;
        ALTER TABLE rollup_hour ADD COLUMN checksum INTEGER;
        ALTER TABLE rollup_coarse ADD COLUMN checksum INTEGER;
        """,
    ];

    public static void Migrate(SqliteDatabase database) => Migrate(database, Steps.Length);

    /// <param name="last">The last step to take: a test makes the file of an older release so.</param>
    internal static void Migrate(SqliteDatabase database, int last)
    {
        var version = database.Number("PRAGMA user_version");
        if (version > Steps.Length)
            throw new StoreException($"It was written by a newer release (schema {version}; this one knows {Steps.Length}). Run that release, or restore a backup from before it.");

        for (; version < last; version++)
            database.Execute($"BEGIN IMMEDIATE; {Steps[version]} PRAGMA user_version = {version + 1}; COMMIT");
    }
}
