using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>The items of the whole table, which come in no order, and what they make together.</summary>
internal sealed class LoadedRows
{
    private readonly Dictionary<(string Partition, string Sort), Item> _parts = [];
    private readonly Dictionary<string, List<Item>> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Item> _shared = new(StringComparer.Ordinal);
    private readonly List<Item> _terms = [];
    private readonly List<Item> _retained = [];
    private long _lastNumber;

    public void Add(Item item)
    {
        if (item.ContainsKey(MessageBody.PartNumber))
        {
            _parts.Add((item.Partition(), item.Sort()), item);
            return;
        }

        switch (item.Sort())
        {
            case SessionKeys.LastNumberSort:
                _lastNumber = item.Number(Names.Version);
                break;

            case SessionKeys.TermsSort:
                _terms.Add(item);
                break;

            case SessionKeys.RetainedSort:
                _retained.Add(item);
                break;

            case SessionKeys.SharedSort:
                _shared.Add(item.Partition(), item);
                break;

            default:
                if (!_bySession.TryGetValue(item.Partition(), out var items))
                    _bySession.Add(item.Partition(), items = []);

                items.Add(item);
                break;
        }
    }

    public (StoredMessaging Messaging, SessionIndex Index) Build()
    {
        var index = new SessionIndex();
        index.KeepLastNumber(_lastNumber);
        var messages = new Dictionary<long, StoredMessage>();
        StoredSession[] sessions = [.. _terms.Select(terms => Session(terms, index, messages))];
        var retained = new List<StoredMessage>(_retained.Count);
        foreach (var item in _retained)
        {
            retained.Add(Message(item));
            index.Retained.Add(item.Partition(), MessageBody.PartsOf(item));
        }

        return (new StoredMessaging(sessions, retained, index.LastNumber), index);
    }

    private StoredSession Session(Item terms, SessionIndex index, Dictionary<long, StoredMessage> messages)
    {
        var (client, expiry, endedAt) = SessionItems.ReadTerms(terms);
        var entry = new SessionIndex.Session(client);
        index.Sessions.Add(client, entry);
        var subscriptions = new List<StoredSubscription>();
        var owed = new List<StoredOwed>();
        StoredWill? will = null;
        foreach (var item in _bySession.GetValueOrDefault(terms.Partition()) ?? [])
        {
            var sort = item.Sort();
            if (sort == SessionKeys.WillSort)
            {
                will = new StoredWill(Message(item), new Domain.Instant(item.Number(SessionItems.At)));
                entry.WillParts = MessageBody.PartsOf(item);
            }
            else if (sort.StartsWith(SessionKeys.OwedPrefix, StringComparison.Ordinal))
            {
                owed.Add(Owed(item, client, entry, index, messages));
            }
            else if (sort.StartsWith(SessionKeys.FilterPrefix, StringComparison.Ordinal))
            {
                subscriptions.Add(SessionItems.ReadSubscription(item));
                entry.Filters.Add(subscriptions[^1].Filter);
            }
            else if (sort.StartsWith(SessionKeys.ReceivedPrefix, StringComparison.Ordinal))
            {
                entry.Received.Add((ushort)item.Number(SessionItems.Packet));
            }
        }

        owed.Sort((left, right) => left.Delivery.Number.CompareTo(right.Delivery.Number));
        return new StoredSession(client, expiry, endedAt, subscriptions, owed, [.. entry.Received], will);
    }

    private StoredOwed Owed(Item item, string client, SessionIndex.Session entry, SessionIndex index, Dictionary<long, StoredMessage> messages)
    {
        StoredMessage? message;
        var shared = item.OptionalNumber(SessionItems.SharedMessage);
        if (shared is { } id)
        {
            var body = _shared.GetValueOrDefault(SessionKeys.OfShared(id))
                ?? throw new InvalidDataException($"The stored delivery {item.Partition()} / {item.Sort()} has no message. Restore the table from a backup.");
            if (!messages.TryGetValue(id, out message))
                messages.Add(id, message = Message(body));

            index.Shared[id] = new SessionIndex.SharedMessage(index.Shared.GetValueOrDefault(id).Deliveries + 1, MessageBody.PartsOf(body));
        }
        else
        {
            message = Message(item);
        }

        var owed = SessionItems.ReadOwed(item, client, message);
        index.GiveOut(client, owed.Delivery.Number);
        entry.Owed.Add(owed.Delivery.Number, new SessionIndex.Owed(shared, shared is null ? MessageBody.PartsOf(item) : 1));
        return owed;
    }

    private StoredMessage Message(Item item) => MessageBody.Read(
        item,
        key => _parts.GetValueOrDefault(key) ?? throw new InvalidDataException($"The stored message {key.Partition} / {key.Sort} is not whole. Restore the table from a backup."));
}
