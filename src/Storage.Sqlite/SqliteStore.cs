using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.History;
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
using OrleansIot.Storage.Sqlite.DeviceTypes;
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
    // How stale the floor of the log may be, which only a start after a crash feels.
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(10);

    private readonly DataDirectory _directory;
    private readonly WriterConnection _connection;
    private readonly ReadConnections _readers;
    private readonly GroupCommit _writer;
    private readonly HistoryBuffers _buffers;
    private readonly LogFloor _floor;
    private readonly LogCompaction _compaction;
    private readonly ExpiredAlerts _expired;
    private readonly ITimer _tick;
    private readonly CoarseFill _fill;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private SqliteStore(DataDirectory directory, SqliteDatabase database, StoreTuning tuning, TimeProvider time, ILogger log)
    {
        _directory = directory;
        _time = time;
        _log = log;
        _readers = new ReadConnections(directory.DatabaseFile, tuning.BusyTimeout);
        Damage = new DamageFound(log);
        var devices = new DeviceRegister();
        var recovered = new RecoveredRows();
        var position = new LogPosition();
        var added = new MessagesAdded();
        _buffers = new HistoryBuffers(time, position, Damage);
        _floor = new LogFloor(devices, position, recovered);
        _compaction = new LogCompaction(_floor, time);
        _expired = new ExpiredAlerts(tuning.AlertRetention, time);
        _connection = new WriterConnection(database, () => OpenToWrite(directory, tuning.BusyTimeout), directory.FreeBytes, position);
        _writer = new GroupCommit(_connection, new JournalBatch(devices, _buffers, added, position), new SessionBatch(), new UpkeepInTurn(_buffers, _compaction, _expired), new Checkpointer(() => OpenToWrite(directory, tuning.BusyTimeout), log, tuning.CheckpointPages), Damage, time, log);
        var horizon = new PastHorizon();
        var retention = new Retention(_writer, _floor, new PastRetention(_writer, devices, horizon), Damage);

        var journal = new SqliteJournal(_writer, devices, _readers, recovered, new KeptEvents(_readers, Damage), Damage);
        Journal = journal;
        Checkpoints = new SqliteCheckpoints(devices, _readers, horizon, Damage);
        Snapshots = new SqliteSnapshots(_writer, devices, _readers, journal, Damage);
        Alerts = new SqliteAlertBook(_readers, Damage);
        Rules = new SqliteRuleStore(_writer, _readers, Damage);
        DeviceTypes = new SqliteDeviceTypeStore(_writer, _readers, Damage);
        Outbox = new SqliteOutbox(_writer, _readers, added, Damage);
        Sessions = new SqliteSessionStore(_writer, _readers, Damage);
        History = new SqliteReadingHistory(devices, _readers, retention, Damage);

        retention.Load(database);
        horizon.From = retention.Kept.OfAny(HistoryResolution.Raw).UnixMilliseconds;
        _compaction.Load(database);
        new LogRecovery(devices, _buffers, recovered, position).Run(database, Instant.From(time.GetUtcNow()));
        _fill = new CoarseFill(_writer, Damage, log);
        _fill.Prepare(database);
        _writer.Start();
        _fill.Start();
        _tick = time.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
    }

    public DamageFound Damage { get; }

    public ITwinJournal Journal { get; }

    public ITwinSnapshots Snapshots { get; }

    public ITwinCheckpoints Checkpoints { get; }

    public IAlertBook Alerts { get; }

    public IRuleStore Rules { get; }

    public IDeviceTypeStore DeviceTypes { get; }

    public IOutbox Outbox { get; }

    public IReadingHistory History { get; }

    public ISessionStore Sessions { get; }

    /// <exception cref="StoreException">The directory cannot be used; the message says why and what mends it.</exception>
    public static SqliteStore Open(string path, TimeProvider time, ILogger log, StoreTuning? tuning = null)
    {
        var directory = DataDirectory.Open(path);
        var settings = tuning ?? new StoreTuning();
        SqliteDatabase? database = null;
        try
        {
            var started = time.GetTimestamp();
            WriteAheadLog.Read(directory.DatabaseFile).Verify();
            database = OpenToWrite(directory, settings.BusyTimeout);
            Schema.Migrate(database);
            var store = new SqliteStore(directory, database, settings, time, log);
            LogOpened(log, directory.DatabaseFile, NativeSqlite.EnsureLoaded(), time.GetElapsedTime(started).TotalMilliseconds);
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            directory.Dispose();
            var message = $"{directory.DatabaseFile} (setting {SqliteOptions.Section}:{nameof(SqliteOptions.Path)}) cannot be used: {e.Message}";
            throw new StoreException(message, (e as StoreException)?.IsTransient ?? false, e) { Code = (e as StoreException)?.Code };
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
        await _fill.DisposeAsync();
        _buffers.Close();
        await _writer.DisposeAsync();
        _readers.Dispose();
        try
        {
            _floor.Store(_connection.Database);
            _connection.Database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (StoreException e)
        {
            // All that was promised is in the file and its write-ahead log; the next start only takes longer.
            LogCloseFailed(_log, e);
        }

        _connection.Dispose();
        _directory.Dispose();
    }

    private static SqliteDatabase OpenToWrite(DataDirectory directory, TimeSpan busyTimeout)
    {
        var database = SqliteDatabase.Open(directory.DatabaseFile, readOnly: false, busyTimeout);
        try
        {
            // A commit writes some pages of log; larger pages would only make the small commits of a quiet fleet larger.
            // Checkpoints are the Checkpointer's.
            database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Tick()
    {
        _compaction.Wake();
        _expired.Wake();
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
