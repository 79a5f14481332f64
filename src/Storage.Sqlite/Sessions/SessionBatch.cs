using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>The changes of sessions in one commit. Used by the writer alone.</summary>
internal sealed class SessionBatch
{
    // Together they bound how long one commit takes, and so how long the next ones wait: some tens of milliseconds.
    private const int MaxChanges = 8_000;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly List<SessionAppend> _members = [];

    // What is owed and over within one commit never reaches a table.
    private readonly Dictionary<long, ShortLife> _over = [];

    // Messages of which a delivery among several is over.
    private readonly HashSet<long> _maybeUnused = [];

    // Ids of sessions that were asked for; bounded by the sessions that there are.
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private long _bytes;
    private long? _storedNumber;
    private long _lastNumber;

    public bool IsEmpty => _members.Count == 0;

    public bool IsFull => ChangeCount >= MaxChanges || _bytes >= MaxBytes;

    public int Count => _members.Count;

    public int ChangeCount { get; private set; }

    public void Start()
    {
        _members.Clear();
        _over.Clear();
        _maybeUnused.Clear();
        ChangeCount = 0;
        _bytes = 0;
    }

    public void Add(SessionAppend append)
    {
        foreach (var change in append.Changes)
        {
            if (MessageOf(change) is { } message)
                _bytes += message.Topic.Length + message.Properties.Length + message.Payload.Length;
        }

        ChangeCount += append.Changes.Count;
        _members.Add(append);
    }

    public void Write(SqliteDatabase database)
    {
        _storedNumber ??= Meta.Read(database.Statement(Meta.Select).Bind(Meta.LastDelivery)) ?? 0;
        _lastNumber = _storedNumber.Value;
        FindOver();
        var place = 0;
        foreach (var append in _members)
        {
            foreach (var change in append.Changes)
                Write(database, change, place++);
        }

        foreach (var message in _maybeUnused)
            SessionRows.RemoveUnused(database, message);

        if (_lastNumber > _storedNumber)
            Meta.Write(database, Meta.LastDelivery, _lastNumber);
    }

    public void Committed()
    {
        if (!IsEmpty)
            _storedNumber = _lastNumber;
    }

    /// <summary>Nothing of it was stored: ids that it gave are not to be believed.</summary>
    public void RolledBack()
    {
        if (!IsEmpty)
            _ids.Clear();
    }

    /// <summary>Enters the requests that await the outcome.</summary>
    public void CopyTo(Span<WriteRequest> requests)
    {
        for (var i = 0; i < _members.Count; i++)
            requests[i] = _members[i];
    }

    private static StoredMessage? MessageOf(SessionChange change) => change switch
    {
        SessionChange.Owed owed => owed.Message,
        SessionChange.Retained retained => retained.Message,
        SessionChange.WillDue will => will.Will?.Message,
        _ => null,
    };

    private void FindOver()
    {
        var place = 0;
        foreach (var append in _members)
        {
            foreach (var change in append.Changes)
            {
                if (change is SessionChange.Delivered over)
                    _over[over.Number] = new ShortLife(over.ClientId, place, WasLeftOut: false);

                place++;
            }
        }
    }

    private void Write(SqliteDatabase database, SessionChange change, int place)
    {
        switch (change)
        {
            case SessionChange.Owed owed:
                WriteOwed(database, owed, place);
                break;

            case SessionChange.Delivered over when !NeverStored(over.Number) && Find(database, over.ClientId) is { } session:
                if (SessionRows.Deliver(database, session, over.Number) is { } shared)
                    _maybeUnused.Add(shared);
                break;

            case SessionChange.Sent sent when !NeverStored(sent.Number) && Find(database, sent.ClientId) is { } session:
                SessionRows.Send(database, session, sent);
                break;

            case SessionChange.Released released when !NeverStored(released.Number) && Find(database, released.ClientId) is { } session:
                SessionRows.Release(database, session, released);
                break;

            case SessionChange.Kept kept:
                _ids[kept.ClientId] = SessionRows.Keep(database, kept, _maybeUnused);
                break;

            case SessionChange.Ended ended when Find(database, ended.ClientId) is { } session:
                SessionRows.End(database, session, _maybeUnused);
                _ids.Remove(ended.ClientId);
                break;

            case SessionChange.Subscribed subscribed when Find(database, subscribed.ClientId) is { } session:
                SessionRows.Subscribe(database, session, subscribed.Subscription);
                break;

            case SessionChange.Unsubscribed unsubscribed when Find(database, unsubscribed.ClientId) is { } session:
                SessionRows.Unsubscribe(database, session, unsubscribed.Filter);
                break;

            case SessionChange.Received received when Find(database, received.ClientId) is { } session:
                SessionRows.Receive(database, session, received.PacketId);
                break;

            case SessionChange.Completed completed when Find(database, completed.ClientId) is { } session:
                SessionRows.Complete(database, session, completed.PacketId);
                break;

            case SessionChange.WillDue will when Find(database, will.ClientId) is { } session:
                SessionRows.SetWill(database, session, will.Will);
                break;

            case SessionChange.Retained retained:
                SessionRows.Retain(database, retained.Message);
                break;

            case SessionChange.RetainedRemoved removed:
                SessionRows.RemoveRetained(database, removed.Topic.Span);
                break;
        }
    }

    private void WriteOwed(SqliteDatabase database, SessionChange.Owed owed, int place)
    {
        long? message = null;
        var isShared = owed.Deliveries.Count > 1;
        foreach (var delivery in owed.Deliveries)
        {
            _lastNumber = Math.Max(_lastNumber, delivery.Number);
            if (IsOverLater(delivery, place) || Find(database, delivery.ClientId) is not { } session)
                continue;

            if (message is null)
                SessionRows.AddMessage(database, delivery.Number, owed.Message);

            message ??= delivery.Number;
            SessionRows.Owe(database, session, delivery, message.Value, isShared);
        }
    }

    private bool IsOverLater(StoredDelivery delivery, int place)
    {
        if (!_over.TryGetValue(delivery.Number, out var over) || over.Place < place || over.ClientId != delivery.ClientId)
            return false;

        _over[delivery.Number] = over with { WasLeftOut = true };
        return true;
    }

    private bool NeverStored(long number) => _over.TryGetValue(number, out var over) && over.WasLeftOut;

    private long? Find(SqliteDatabase database, string client)
    {
        if (_ids.TryGetValue(client, out var known))
            return known;

        if (SessionRows.Find(database, client) is not { } id)
            return null;

        _ids.Add(client, id);
        return id;
    }

    private readonly record struct ShortLife(string ClientId, int Place, bool WasLeftOut);
}
