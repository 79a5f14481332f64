using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Alerts;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;
using OrleansIot.Storage.Sqlite.Outbox;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>The appends of one commit. Used by the writer alone.</summary>
internal sealed class JournalBatch(DeviceRegister devices, HistoryBuffers history, MessagesAdded added, LogPosition log)
{
    // Together they bound how long one commit takes, and so how long the next ones wait: some milliseconds on a plain disk.
    private const int MaxAppends = 2_000;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly LogRowWriter _row = new();
    private readonly List<Member> _members = new(MaxAppends);
    private readonly List<KnownDevice> _newDevices = [];
    private bool _hasMessages;

    public bool IsEmpty => _members.Count == 0;

    public int Count => _members.Count;

    public bool IsFull => _members.Count >= MaxAppends || _row.Length >= MaxBytes;

    public int EventCount { get; private set; }

    public void Start()
    {
        _members.Clear();
        _newDevices.Clear();
        _row.Start();
        _hasMessages = false;
        EventCount = 0;
    }

    /// <exception cref="JournalConflictException">The device is not at the version that the append expects.</exception>
    public void Add(AppendRequest request)
    {
        var append = request.Append;
        var known = devices.GetOrAdd(append.Device);
        if (known.Version != append.AfterVersion)
            throw new JournalConflictException(append.Device, append.AfterVersion, known.Version);

        var offset = _row.Add(known.Id, append.AfterVersion + 1, append.Events);
        if (!known.IsStored && known.Version == 0)
            _newDevices.Add(known);

        known.Version += append.Events.Length;
        EventCount += append.Events.Length;
        _hasMessages |= !append.Messages.IsDefaultOrEmpty;
        _members.Add(new Member(request, known, offset));
    }

    public void Write(SqliteDatabase database, Instant now)
    {
        foreach (var known in _newDevices)
            DeviceRegister.Store(database, known);

        database.Statement("INSERT INTO log(position, committed_at, body) VALUES(?, ?, ?)").Bind(log.Next).Bind(now.UnixMilliseconds).Bind(_row.Finish()).Run();
        foreach (var member in _members)
        {
            foreach (var twinEvent in member.Request.Append.Events)
            {
                if (twinEvent is TwinEvent.ReadingRecorded)
                    continue;

                AlertRows.Write(database, twinEvent);
            }

            if (_hasMessages)
                OutboxRows.Add(database, member.Request.Append.Messages);
        }
    }

    /// <summary>Lets queries see it.</summary>
    public void Committed()
    {
        foreach (var known in _newDevices)
            known.IsStored = true;

        foreach (var (request, known, offset) in _members)
        {
            var events = request.Append.Events;
            lock (known.Lock)
            {
                known.Tail.Add(new TailEntry(log.Next, request.Append.AfterVersion + events.Length, offset));
                history.Add(known, log.Next, request.Append.AfterVersion + 1, events.AsSpan());
            }
        }

        log.Advance();
        if (_hasMessages)
            added.Ring();
    }

    /// <summary>Nothing of it was stored.</summary>
    public void RolledBack()
    {
        foreach (var member in _members)
            member.Device.Version -= member.Request.Append.Events.Length;
    }

    /// <summary>Enters the requests that await the outcome.</summary>
    public void CopyTo(Span<WriteRequest> requests)
    {
        for (var i = 0; i < _members.Count; i++)
            requests[i] = _members[i].Request;
    }

    private readonly record struct Member(AppendRequest Request, KnownDevice Device, int Offset);
}
