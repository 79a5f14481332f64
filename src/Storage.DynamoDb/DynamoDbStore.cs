using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Storage.DynamoDb.Access;
using OrleansIot.Storage.DynamoDb.Alerts;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.DeviceTypes;
using OrleansIot.Storage.DynamoDb.History;
using OrleansIot.Storage.DynamoDb.Journal;
using OrleansIot.Storage.DynamoDb.Outbox;
using OrleansIot.Storage.DynamoDb.Rules;
using OrleansIot.Storage.DynamoDb.Sessions;
using OrleansIot.Storage.DynamoDb.Snapshots;

namespace OrleansIot.Storage.DynamoDb;

/// <summary>The tables of one installation and the ports that work on them. Any number of processes may have one.</summary>
internal sealed partial class DynamoDbStore : IAsyncDisposable
{
    private const string ProbeSort = "probe";

    private readonly DynamoDatabase _database;
    private readonly TableSetup _tables;
    private readonly RetentionMarks _retention;
    private readonly HistoryFlush _flush;
    private readonly DynamoOutbox _outbox;
    private readonly DynamoSessionStore _sessions;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DynamoDbOptions _options;
    private bool _disposed;

    /// <param name="kept">How long history is kept; null: as the options say.</param>
    public DynamoDbStore(DynamoDbOptions options, TimeProvider time, ILogger log, HistoryRetention? kept = null)
    {
        (_options, _time, _log) = (options, time, log);
        _database = new DynamoDatabase(options, time);
        _tables = new TableSetup(_database, options, time, log);
        _retention = new RetentionMarks(_database);
        var heads = new DeviceHeads(_database);
        var index = new DeviceIndex(_database);
        var added = new MessagesAdded(time);
        Upkeep = new HistoryUpkeep(time, log);
        var journal = new DynamoJournal(_database, options, heads, index, Upkeep, added, time);
        _flush = new HistoryFlush(_database, journal.ReadItems, _retention, kept ?? options.Retention, time);
        _outbox = new DynamoOutbox(_database, options, added, new DispatcherLease(_database, time), time, log);

        _sessions = new DynamoSessionStore(_database);

        Journal = journal;
        var checkpoints = new DynamoCheckpoints(_database, options, _retention, time);
        Snapshots = new DynamoSnapshots(_database, index, heads, checkpoints);
        Checkpoints = checkpoints;
        Alerts = new DynamoAlertBook(_database);
        Rules = new DynamoRuleStore(_database);
        DeviceTypes = new DynamoDeviceTypeStore(_database);
        SignInKeys = new DynamoKeyRing(_database);
        History = new DynamoReadingHistory(_database, journal.ReadItems, _retention);
    }

    public ITwinJournal Journal { get; }

    public ITwinSnapshots Snapshots { get; }

    public ITwinCheckpoints Checkpoints { get; }

    public IAlertBook Alerts { get; }

    public IRuleStore Rules { get; }

    public IDeviceTypeStore DeviceTypes { get; }

    public IOutbox Outbox => _outbox;

    public IReadingHistory History { get; }

    public ISessionStore Sessions => _sessions;

    public IKeyRing SignInKeys { get; }

    public HistoryUpkeep Upkeep { get; }

    /// <summary>To be awaited before anything else is asked.</summary>
    /// <exception cref="StoreException">The tables cannot be used; the message says why and what mends it.</exception>
    public async Task Open(CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        await _tables.Prepare(cancellation);
        await _retention.Load(cancellation);
        Upkeep.Start(_flush.Run);
        LogOpened(_log, $"{_options.TablePrefix}*", string.IsNullOrEmpty(_options.ServiceUrl) ? _options.Region ?? "AWS" : _options.ServiceUrl, _time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Writes something of no meaning, as durably as anything else.</summary>
    /// <exception cref="StoreException">It could not be stored.</exception>
    public async ValueTask Probe(CancellationToken cancellation)
    {
        var item = AttributeExtensions.Key(DynamoRuleStore.MetaPartition, ProbeSort);
        item[Names.Version] = AttributeExtensions.Of(_time.GetUtcNow().ToUnixTimeMilliseconds());
        await _database.Put(Table.Rules, item, null, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;

        await _outbox.DisposeAsync();
        await Upkeep.DisposeAsync();
        _sessions.Dispose();
        _database.Dispose();
    }

    [LoggerMessage(3102, LogLevel.Information, "Opened tables {Tables} at {Service} in {Milliseconds:0} ms")]
    private static partial void LogOpened(ILogger logger, string tables, string service, double milliseconds);
}
