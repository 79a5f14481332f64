using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Alerts;

/// <summary>
/// An alert as it is stored: as it was triggered, encoded, and beside it what became of it, which later steps change without
/// reading the rest.
/// </summary>
internal static class AlertItem
{
    /// <summary>Open or resolved, and which part of the fleet: the partition of the index by state.</summary>
    public const string State = "g";

    /// <summary>When it was triggered, and its id: unique, and the order of lists.</summary>
    public const string Time = "at";

    public const string Rule = "r";
    public const string Severity = "sv";
    public const string Status = "st";

    // Alerts are rare beside readings; eight partitions take a thousand changes a second each.
    public const int ShardCount = 8;
    public const string OpenGroup = "open";
    public const string ResolvedGroup = "resolved";

    private const string AcknowledgedAt = "aa";
    private const string AcknowledgedBy = "ab";
    private const string ResolvedAt = "ra";
    private const string ResolvedBy = "rb";
    private const string Resolution = "rs";

    public static string SortOf(AlertId alert) => $"{alert.Rule}~{alert.Occurrence}";

    public static string TimeOf(Alert alert) => $"{Sortable.Of(alert.TriggeredAt)}#{alert.Id}";

    /// <summary>One write per alert, whatever happened to it in these events: a transaction writes no item twice.</summary>
    /// <param name="kept">How long a resolved alert is kept.</param>
    public static IEnumerable<TransactWriteItem> Writes(string table, IEnumerable<TwinEvent> events, TimeSpan kept)
    {
        var changes = new Dictionary<AlertId, Change>();
        foreach (var twinEvent in events)
        {
            switch (twinEvent)
            {
                case TwinEvent.AlertTriggered triggered:
                    changes[triggered.Alert.Id] = new Change { Triggered = triggered.Alert };
                    break;

                case TwinEvent.AlertAcknowledged step:
                    ChangeOf(changes, step.Alert).Acknowledged = step;
                    break;

                case TwinEvent.AlertResolved step:
                    ChangeOf(changes, step.Alert).Resolved = step;
                    break;
            }
        }

        return changes.Select(change => change.Value.ToWrite(table, change.Key, kept));
    }

    public static Alert Read(Item item) => AlertCodec.Decode(item.Bytes(Names.Body)) with
    {
        Status = (AlertStatus)item.Number(Status),
        AcknowledgedAt = item.OptionalNumber(AcknowledgedAt) is { } acknowledged ? new Instant(acknowledged) : null,
        AcknowledgedBy = item.OptionalText(AcknowledgedBy),
        ResolvedAt = item.OptionalNumber(ResolvedAt) is { } resolved ? new Instant(resolved) : null,
        ResolvedBy = item.OptionalText(ResolvedBy),
        Resolution = item.OptionalNumber(Resolution) is { } resolution ? (AlertResolution)resolution : null,
    };

    private static Change ChangeOf(Dictionary<AlertId, Change> changes, AlertId alert)
    {
        if (!changes.TryGetValue(alert, out var change))
            changes.Add(alert, change = new Change());

        return change;
    }

    private sealed class Change
    {
        public Alert? Triggered { get; init; }

        public TwinEvent.AlertAcknowledged? Acknowledged { get; set; }

        public TwinEvent.AlertResolved? Resolved { get; set; }

        public TransactWriteItem ToWrite(string table, AlertId alert, TimeSpan kept)
        {
            var key = AttributeExtensions.Key(alert.Device.Value, SortOf(alert));
            var steps = Steps(alert, kept);
            if (Triggered is null)
            {
                return new TransactWriteItem
                {
                    Update = new Update
                    {
                        TableName = table,
                        Key = key,
                        UpdateExpression = $"SET {string.Join(", ", steps.Keys.Select(name => $"#{name} = :{name}"))}",

                        // An alert that is not there (it has expired) is not made again out of its end.
                        ConditionExpression = $"attribute_exists({Names.Partition})",
                        ExpressionAttributeNames = steps.Keys.ToDictionary(name => $"#{name}"),
                        ExpressionAttributeValues = steps.ToDictionary(step => $":{step.Key}", step => step.Value),
                    },
                };
            }

            var body = new ByteBuffer(256);
            AlertCodec.Encode(body, Triggered);
            key[Names.Body] = AttributeExtensions.Of(body.Written.ToArray());
            key[Time] = AttributeExtensions.Of(TimeOf(Triggered));
            key[Rule] = AttributeExtensions.Of(alert.Rule.Value);
            key[Severity] = AttributeExtensions.Of((long)Triggered.Severity);
            key[Status] = AttributeExtensions.Of((long)Triggered.Status);
            key[State] = AttributeExtensions.Of(Shards.Of(OpenGroup, alert.Device.Value, ShardCount));
            foreach (var (name, value) in steps)
                key[name] = value;

            return new TransactWriteItem { Put = new Put { TableName = table, Item = key } };
        }

        private Item Steps(AlertId alert, TimeSpan kept)
        {
            var values = new Item();
            if (Acknowledged is { } acknowledged)
            {
                values[Status] = AttributeExtensions.Of((long)AlertStatus.Acknowledged);
                values[AcknowledgedAt] = AttributeExtensions.Of(acknowledged.When.UnixMilliseconds);
                values[AcknowledgedBy] = AttributeExtensions.Of(acknowledged.By);
            }

            if (Resolved is { } resolved)
            {
                values[Status] = AttributeExtensions.Of((long)AlertStatus.Resolved);
                values[State] = AttributeExtensions.Of(Shards.Of(ResolvedGroup, alert.Device.Value, ShardCount));
                values[ResolvedAt] = AttributeExtensions.Of(resolved.When.UnixMilliseconds);
                values[Resolution] = AttributeExtensions.Of((long)resolved.Resolution);
                values[Names.Expires] = AttributeExtensions.Of((resolved.When + kept).UnixMilliseconds / 1_000);
                if (resolved.By is { } by)
                    values[ResolvedBy] = AttributeExtensions.Of(by);
            }

            return values;
        }
    }
}
