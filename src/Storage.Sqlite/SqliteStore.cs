using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Alerts;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Outbox;
using OrleansIot.Storage.Sqlite.Past;
using OrleansIot.Storage.Sqlite.Rules;
using OrleansIot.Storage.Sqlite.Sessions;
using OrleansIot.Storage.Sqlite.Snapshots;

namespace OrleansIot.Storage.Sqlite;

/// <summary>The open data directory and the ports that work on it.</summary>
internal sealed partial class SqliteStore : IAsyncDisposable
{
    // Nobody else writes; only a backup tool may hold the file for a moment.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(2);

    // How stale the floor of the log may be, which only a start after a crash feels.
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(10);

    private readonly DataDirectory _directory;
    private readonly SqliteDatabase _database;
    private readonly ReadConnections _readers;
    private readonly GroupCommit _writer;
    private readonly HistoryBuffers _buffers;
    private readonly LogFloor _floor;
    private readonly LogCompaction _compaction;
    private readonly ITimer _tick;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private SqliteStore(DataDirectory directory, SqliteDatabase database, TimeSpan busyTimeout, TimeProvider time, ILogger log)
    {
        _directory = directory;
        _database = database;
        _time = time;
        _log = log;
        _readers = new ReadConnections(directory.DatabaseFile, busyTimeout);
        var devices = new DeviceRegister();
        var recovered = new RecoveredRows();
        var position = new LogPosition();
        var added = new MessagesAdded();
        _buffers = new HistoryBuffers(time, position);
        _floor = new LogFloor(devices, position, recovered);
        _compaction = new LogCompaction(_floor, time);
        _writer = new GroupCommit(database, new JournalBatch(devices, _buffers, added, position), new SessionBatch(), new UpkeepInTurn(_buffers, _compaction), time, log);
        var horizon = new PastHorizon();
        var retention = new Retention(_writer, _floor, new PastRetention(_writer, devices, horizon));

        Journal = new SqliteJournal(_writer, devices, _readers, recovered, new KeptEvents(_buffers, _readers));
        Checkpoints = new SqliteCheckpoints(devices, _readers, horizon);
        Snapshots = new SqliteSnapshots(_writer, devices, _readers);
        Alerts = new SqliteAlertBook(_readers);
        Rules = new SqliteRuleStore(_writer, _readers);
        Outbox = new SqliteOutbox(_writer, _readers, added);
        Sessions = new SqliteSessionStore(_writer, _readers);
        History = new SqliteReadingHistory(_buffers, devices, _readers, retention);

        retention.Load(database);
        horizon.From = retention.ReadingsFrom.UnixMilliseconds;
        _compaction.Load(database);
        new LogRecovery(devices, _buffers, recovered, position).Run(database, Instant.From(time.GetUtcNow()));
        _writer.Start();
        _tick = time.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
    }

    public ITwinJournal Journal { get; }

    public ITwinSnapshots Snapshots { get; }

    public ITwinCheckpoints Checkpoints { get; }

    public IAlertBook Alerts { get; }

    public IRuleStore Rules { get; }

    public IOutbox Outbox { get; }

    public IReadingHistory History { get; }

    public ISessionStore Sessions { get; }

    /// <param name="busyTimeout">How long to wait for a lock of another program on the file.</param>
    /// <exception cref="StoreException">The directory cannot be used; the message says why and what mends it.</exception>
    public static SqliteStore Open(string path, TimeProvider time, ILogger log, TimeSpan? busyTimeout = null)
    {
        var directory = DataDirectory.Open(path);
        var patience = busyTimeout ?? BusyTimeout;
        SqliteDatabase? database = null;
        try
        {
            var started = time.GetTimestamp();
            database = SqliteDatabase.Open(directory.DatabaseFile, readOnly: false, patience);
            Prepare(database);
            var store = new SqliteStore(directory, database, patience, time, log);
            LogOpened(log, directory.DatabaseFile, NativeSqlite.EnsureLoaded(), time.GetElapsedTime(started).TotalMilliseconds);
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            directory.Dispose();
            throw new StoreException(
                $"{directory.DatabaseFile} (setting {SqliteOptions.Section}:{nameof(SqliteOptions.Path)}) cannot be used: {e.Message}", (e as StoreException)?.IsTransient ?? false, e);
        }
    }

    /// <summary>Writes something of no meaning, as durably as anything else.</summary>
    /// <exception cref="StoreException">It could not be stored.</exception>
    public async ValueTask Probe(CancellationToken cancellation) => await _writer.Run(
        database =>
        {
            Meta.Write(database, Meta.ProbedAt, _time.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        },
        committed: null,
        cancellation);

    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync();
        _buffers.Close();
        await _writer.DisposeAsync();
        _readers.Dispose();
        try
        {
            _floor.Store(_database);
            _database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (StoreException e)
        {
            // All that was promised is in the file and its write-ahead log; the next start only takes longer.
            LogCloseFailed(_log, e);
        }

        _database.Dispose();
        _directory.Dispose();
    }

    private static void Prepare(SqliteDatabase database)
    {
        // A commit writes some pages of log; larger pages would only make the small commits of a quiet fleet larger.
        // Checkpoints every 16 MiB of write-ahead log: a page that many commits change is then copied once.
        database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864");
        Schema.Migrate(database);
    }

    private void Tick()
    {
        _compaction.Wake();
        _writer.Offer(new WriteJob<bool>(
            database =>
            {
                _floor.Store(database);
                return true;
            },
            null));
    }

    [LoggerMessage(3000, LogLevel.Information, "Opened {File} (SQLite {Version}) in {Milliseconds:0} ms")]
    private static partial void LogOpened(ILogger logger, string file, string version, double milliseconds);

    [LoggerMessage(3003, LogLevel.Warning, "Closing the store left work for the next start")]
    private static partial void LogCloseFailed(ILogger logger, Exception exception);
}
