using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>What the changes of one append come down to: at most one write per item, and none for what begins and ends within it.</summary>
/// <param name="index">Is changed along; it is wrong from here on should the writes fail.</param>
internal sealed class SessionWrites(SessionIndex index)
{
    private readonly Dictionary<(string Partition, string Sort), SessionWrite> _writes = [];

    public IReadOnlyCollection<SessionWrite> All => _writes.Values;

    public static SessionWrites Of(IReadOnlyList<SessionChange> changes, SessionIndex index)
    {
        var writes = new SessionWrites(index);
        foreach (var change in changes)
            writes.Apply(change);

        if (index.MustKeepLastNumber)
        {
            index.KeepLastNumber(index.LastNumber);
            var last = AttributeExtensions.Key(SessionKeys.MetaPartition, SessionKeys.LastNumberSort);
            last[Names.Version] = AttributeExtensions.Of(index.LastNumber);
            writes.Put(last);
        }

        return writes;
    }

    private void Apply(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Kept kept:
                index.Sessions.TryAdd(kept.ClientId, new SessionIndex.Session(kept.ClientId));
                Put(SessionItems.Of(kept));
                break;

            case SessionChange.Ended ended when Find(ended.ClientId) is { } session:
                End(session);
                index.Sessions.Remove(ended.ClientId);
                break;

            case SessionChange.Subscribed subscribed when Find(subscribed.ClientId) is { } session:
                session.Filters.Add(subscribed.Subscription.Filter);
                Put(SessionItems.Of(session.Partition, subscribed.Subscription));
                break;

            case SessionChange.Unsubscribed unsubscribed when Find(unsubscribed.ClientId) is { } session && session.Filters.Remove(unsubscribed.Filter):
                Delete(session.Partition, SessionKeys.Filter(unsubscribed.Filter));
                break;

            case SessionChange.Owed owed:
                Owe(owed);
                break;

            case SessionChange.Sent sent when Find(sent.ClientId) is { } session && session.Owed.ContainsKey(sent.Number):
                Set(session.Partition, SessionKeys.Owed(sent.Number), SessionItems.Packet, sent.PacketId);
                break;

            case SessionChange.Released released when Find(released.ClientId) is { } session && session.Owed.ContainsKey(released.Number):
                Set(session.Partition, SessionKeys.Owed(released.Number), SessionItems.Released, 1);
                break;

            case SessionChange.Delivered delivered when Find(delivered.ClientId) is { } session:
                Deliver(session, delivered.Number);
                break;

            case SessionChange.Received received when Find(received.ClientId) is { } session && session.Received.Add(received.PacketId):
                Put(SessionItems.OfReceived(session.Partition, received.PacketId));
                break;

            case SessionChange.Completed completed when Find(completed.ClientId) is { } session && session.Received.Remove(completed.PacketId):
                Delete(session.Partition, SessionKeys.Received(completed.PacketId));
                break;

            case SessionChange.WillDue due when Find(due.ClientId) is { } session:
                SetWill(session, due.Will);
                break;

            case SessionChange.Retained retained:
                var partition = SessionKeys.OfRetained(retained.Message.Topic.Span);
                var before = index.Retained.GetValueOrDefault(partition);
                index.Retained[partition] = PutMessage(AttributeExtensions.Key(partition, SessionKeys.RetainedSort), retained.Message, before);
                break;

            case SessionChange.RetainedRemoved removed when index.Retained.Remove(SessionKeys.OfRetained(removed.Topic.Span), out var parts):
                DeleteMessage(SessionKeys.OfRetained(removed.Topic.Span), SessionKeys.RetainedSort, parts);
                break;
        }
    }

    private void Owe(SessionChange.Owed owed)
    {
        var known = new List<(SessionIndex.Session Session, StoredDelivery Delivery)>(owed.Deliveries.Count);
        foreach (var delivery in owed.Deliveries)
        {
            index.GiveOut(delivery.ClientId, delivery.Number);
            if (Find(delivery.ClientId) is not { } session)
                continue;

            // Only where an append is repeated of which it was not known that it had been done.
            Deliver(session, delivery.Number);
            known.Add((session, delivery));
        }

        if (known is [var (owner, only)])
        {
            // Its message goes with it: half the items, and half the cost.
            var parts = PutMessage(SessionItems.Of(owner.Partition, only), owed.Message, before: 0, isNew: true);
            owner.Owed[only.Number] = new SessionIndex.Owed(null, parts);
            return;
        }

        if (known.Count == 0)
            return;

        var message = known[0].Delivery.Number;
        var itemsOfMessage = PutMessage(AttributeExtensions.Key(SessionKeys.OfShared(message), SessionKeys.SharedSort), owed.Message, before: 0, isNew: true);
        index.Shared[message] = new SessionIndex.SharedMessage(known.Count, itemsOfMessage);
        foreach (var (session, delivery) in known)
        {
            var item = SessionItems.Of(session.Partition, delivery);
            item[SessionItems.SharedMessage] = AttributeExtensions.Of(message);
            Put(item, isNew: true);
            session.Owed[delivery.Number] = new SessionIndex.Owed(message, 1);
        }
    }

    private void Deliver(SessionIndex.Session session, long number)
    {
        if (session.Owed.Remove(number, out var owed))
            Remove(session, number, owed);
    }

    private void Remove(SessionIndex.Session session, long number, SessionIndex.Owed owed)
    {
        DeleteMessage(session.Partition, SessionKeys.Owed(number), owed.Parts);
        if (owed.Shared is not { } id)
            return;

        var message = index.Shared[id];
        index.Shared[id] = message with { Deliveries = message.Deliveries - 1 };
        if (message.Deliveries > 1)
            return;

        index.Shared.Remove(id);
        DeleteMessage(SessionKeys.OfShared(id), SessionKeys.SharedSort, message.Parts);
    }

    private void End(SessionIndex.Session session)
    {
        foreach (var (number, owed) in session.Owed)
            Remove(session, number, owed);

        foreach (var filter in session.Filters)
            Delete(session.Partition, SessionKeys.Filter(filter));

        foreach (var packet in session.Received)
            Delete(session.Partition, SessionKeys.Received(packet));

        DeleteMessage(session.Partition, SessionKeys.WillSort, session.WillParts);
        Delete(session.Partition, SessionKeys.TermsSort);
    }

    private void SetWill(SessionIndex.Session session, StoredWill? will)
    {
        if (will is null)
        {
            DeleteMessage(session.Partition, SessionKeys.WillSort, session.WillParts);
            session.WillParts = 0;
            return;
        }

        var item = AttributeExtensions.Key(session.Partition, SessionKeys.WillSort);
        item[SessionItems.At] = AttributeExtensions.Of(will.At.UnixMilliseconds);
        session.WillParts = PutMessage(item, will.Message, session.WillParts);
    }

    /// <param name="before">How many items the message takes that it replaces.</param>
    /// <returns>How many it takes.</returns>
    private int PutMessage(Item item, StoredMessage message, int before, bool isNew = false)
    {
        var items = MessageBody.ToItems(item, message);
        foreach (var one in items)
            Put(one, isNew);

        for (var part = items.Count; part < before; part++)
            Delete(item.Partition(), MessageBody.PartSort(item.Sort(), part));

        return items.Count;
    }

    private void DeleteMessage(string partition, string sort, int parts)
    {
        if (parts > 0)
            Delete(partition, sort);

        for (var part = 1; part < parts; part++)
            Delete(partition, MessageBody.PartSort(sort, part));
    }

    private void Put(Item item, bool isNew = false)
    {
        var key = (item.Partition(), item.Sort());
        _writes[key] = new SessionWrite.Put(item, isNew && !_writes.ContainsKey(key));
    }

    private void Delete(string partition, string sort)
    {
        if (_writes.GetValueOrDefault((partition, sort)) is SessionWrite.Put { IsNew: true })
            _writes.Remove((partition, sort));
        else
            _writes[(partition, sort)] = new SessionWrite.Delete(partition, sort);
    }

    private void Set(string partition, string sort, string name, long value)
    {
        switch (_writes.GetValueOrDefault((partition, sort)))
        {
            case SessionWrite.Put put:
                put.Item[name] = AttributeExtensions.Of(value);
                break;

            case SessionWrite.Set set:
                set.Attributes[name] = AttributeExtensions.Of(value);
                break;

            default:
                _writes[(partition, sort)] = new SessionWrite.Set(partition, sort, new() { [name] = AttributeExtensions.Of(value) });
                break;
        }
    }

    private SessionIndex.Session? Find(string client) => index.Sessions.GetValueOrDefault(client);
}
