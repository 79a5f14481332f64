using System.Buffers.Binary;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>The items of sessions, without their messages.</summary>
internal static class SessionItems
{
    public const string Packet = "k";
    public const string Released = "r";
    public const string SharedMessage = "m";
    public const string At = "at";

    private const string Client = "c";
    private const string Expiry = "e";
    private const string EndedAt = "ea";
    private const string TheFilter = "f";
    private const string Options = "o";
    private const string Identifier = "i";
    private const string Number = "nr";
    private const string QoS = "q";
    private const string Retain = "rt";
    private const string Identifiers = "si";

    public static Item Of(SessionChange.Kept kept)
    {
        var item = AttributeExtensions.Key(SessionKeys.PartitionOf(kept.ClientId), SessionKeys.TermsSort);
        item[Client] = AttributeExtensions.Of(kept.ClientId);
        item[Expiry] = AttributeExtensions.Of(kept.ExpirySeconds);
        if (kept.EndedAt is { } at)
            item[EndedAt] = AttributeExtensions.Of(at.UnixMilliseconds);

        return item;
    }

    public static (string ClientId, uint ExpirySeconds, Instant? EndedAt) ReadTerms(Item item) =>
        (item.OptionalText(Client) ?? "", (uint)item.Number(Expiry), item.OptionalNumber(EndedAt) is { } at ? new Instant(at) : null);

    public static Item Of(string partition, StoredSubscription subscription)
    {
        var item = AttributeExtensions.Key(partition, SessionKeys.Filter(subscription.Filter));
        item[TheFilter] = AttributeExtensions.Of(subscription.Filter);
        item[Options] = AttributeExtensions.Of(subscription.Options);
        if (subscription.Identifier is { } identifier)
            item[Identifier] = AttributeExtensions.Of(identifier);

        return item;
    }

    public static StoredSubscription ReadSubscription(Item item) => new(item.Text(TheFilter), (byte)item.Number(Options), (uint?)item.OptionalNumber(Identifier));

    public static Item Of(string partition, StoredDelivery delivery)
    {
        var item = AttributeExtensions.Key(partition, SessionKeys.Owed(delivery.Number));
        item[Number] = AttributeExtensions.Of(delivery.Number);
        item[QoS] = AttributeExtensions.Of(delivery.QoS);
        if (delivery.Retain)
            item[Retain] = AttributeExtensions.Of(1);

        if (delivery.SubscriptionIds.Count > 0)
        {
            var bytes = new byte[delivery.SubscriptionIds.Count * sizeof(uint)];
            for (var i = 0; i < delivery.SubscriptionIds.Count; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), delivery.SubscriptionIds[i]);

            item[Identifiers] = AttributeExtensions.Of(bytes);
        }

        return item;
    }

    public static StoredOwed ReadOwed(Item item, string client, StoredMessage message)
    {
        var bytes = item.ContainsKey(Identifiers) ? item.Bytes(Identifiers) : [];
        var identifiers = new uint[bytes.Length / sizeof(uint)];
        for (var i = 0; i < identifiers.Length; i++)
            identifiers[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)));

        var delivery = new StoredDelivery(client, item.Number(Number), (byte)item.Number(QoS), item.ContainsKey(Retain), identifiers);
        return new StoredOwed(delivery, message, (ushort)(item.OptionalNumber(Packet) ?? 0), item.ContainsKey(Released));
    }

    public static Item OfReceived(string partition, ushort packet)
    {
        var item = AttributeExtensions.Key(partition, SessionKeys.Received(packet));
        item[Packet] = AttributeExtensions.Of(packet);
        return item;
    }
}
