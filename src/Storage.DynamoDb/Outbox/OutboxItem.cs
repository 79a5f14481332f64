using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Outbox;

/// <summary>A message as it is stored, in the partition of its alert under its own id: the same cause never makes a second one.</summary>
internal static class OutboxItem
{
    /// <summary>There while the message waits, and only then is it in the index of those that do.</summary>
    public const string PendingShard = "ps";

    /// <summary>When it is due, and its place among those of the same moment. Whoever claims it moves it.</summary>
    public const string Due = "du";

    public const string RecentShard = "rs";

    /// <summary>When it was made, version of its append, place within: the order of messages.</summary>
    public const string Sequence = "sq";

    public const string Status = "st";
    public const string Attempts = "ap";
    public const string LastAttempt = "la";
    public const string Outcome = "oc";

    // Notifications are for people: four partitions are far more than they read.
    public const int ShardCount = 4;
    public const string PendingGroup = "pending";
    public const string RecentGroup = "recent";

    private const string Channel = "ch";
    private const string Target = "tg";
    private const string Transition = "tr";
    private const string DeviceName = "dn";
    private const string CreatedAt = "cr";

    public static Item KeyOf(OutboxMessage message) => AttributeExtensions.Key(message.Alert.Id.ToString(), message.Id);

    public static TransactWriteItem Write(string table, OutboxMessage message, long version, int place)
    {
        var alert = new ByteBuffer(256);
        AlertCodec.Encode(alert, message.Alert);
        var sequence = $"{Sortable.Of(message.CreatedAt)}#{Sortable.Of(version)}#{place:D4}";
        var item = KeyOf(message);
        item[Channel] = AttributeExtensions.Of(message.Channel);
        item[Transition] = AttributeExtensions.Of((long)message.Transition);
        item[Names.Body] = AttributeExtensions.Of(alert.Written.ToArray());
        item[CreatedAt] = AttributeExtensions.Of(message.CreatedAt.UnixMilliseconds);
        item[Sequence] = AttributeExtensions.Of(sequence);
        item[Status] = AttributeExtensions.Of((long)DeliveryStatus.Pending);
        item[Attempts] = AttributeExtensions.Of(0);
        item[PendingShard] = AttributeExtensions.Of(Shards.Of(PendingGroup, message.Alert.Device.Value, ShardCount));
        item[RecentShard] = AttributeExtensions.Of(Shards.Of(RecentGroup, message.Alert.Device.Value, ShardCount));
        item[Due] = AttributeExtensions.Of(DueOf(message.CreatedAt, sequence));
        if (message.Target.Length > 0)
            item[Target] = AttributeExtensions.Of(message.Target);

        if (message.DeviceName is { } name)
            item[DeviceName] = AttributeExtensions.Of(name);

        return new TransactWriteItem { Put = new Put { TableName = table, Item = item, ConditionExpression = WriteCondition.IsNew.Expression } };
    }

    public static string DueOf(Instant due, string sequence) => $"{Sortable.Of(due)}#{sequence}";

    public static Delivery Read(Item item)
    {
        var message = new OutboxMessage(
            item.Sort(),
            item.Text(Channel),
            item.OptionalText(Target) ?? "",
            (AlertTransitions)item.Number(Transition),
            AlertCodec.Decode(item.Bytes(Names.Body)),
            item.OptionalText(DeviceName),
            new Instant(item.Number(CreatedAt)));
        return new Delivery(
            message,
            (DeliveryStatus)item.Number(Status),
            (int)item.Number(Attempts),
            Sortable.ToInstant(item.Text(Due)),
            item.OptionalNumber(LastAttempt) is { } attempted ? new Instant(attempted) : null,
            item.OptionalText(Outcome));
    }
}
