using System.Collections.Immutable;
using System.Globalization;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.History;
using OrleansIot.Domain;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Rules;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// From when on history is shown. DynamoDB deletes by itself what has expired, some days late; what is before these marks is
/// out of sight at once.
/// </summary>
internal sealed class RetentionMarks(DynamoDatabase database)
{
    private const string Sort = "retention";
    private const string Metrics = "m";

    // By resolution.
    private static readonly string[] Marks = ["rd", "ru", "r15m", "r1h", "r1d"];

    private readonly Lock _lock = new();
    private volatile KeptSince _kept = KeptSince.Ever;

    public KeptSince Kept => _kept;

    public async ValueTask Load(CancellationToken cancellation)
    {
        if (await database.Get(Table.Rules, DynamoRuleStore.MetaPartition, Sort, cancellation) is { } item)
            Raise(new KeptSince([.. OfMetrics(item.OptionalText(Metrics) ?? ""), OfAll(item)]));
    }

    /// <summary>The marks of all metrics go on from wherever a silo has set them. Those of single metrics are as the silo that came last has them from its options.</summary>
    public async ValueTask Raise(KeptSince kept, CancellationToken cancellation)
    {
        for (var resolution = 0; resolution < Marks.Length; resolution++)
            await Raise(Marks[resolution], kept.Default.Since[resolution], cancellation);

        Raise(kept);
        await database.Update(
            new Update
            {
                TableName = database.NameOf(Table.Rules),
                Key = AttributeExtensions.Key(DynamoRuleStore.MetaPartition, Sort),
                UpdateExpression = "SET #mark = :metrics",
                ExpressionAttributeNames = new() { ["#mark"] = Metrics },
                ExpressionAttributeValues = new() { [":metrics"] = AttributeExtensions.Of(TextOf(_kept.Entries[..^1])) },
            },
            cancellation);
        if (await database.Get(Table.Rules, DynamoRuleStore.MetaPartition, Sort, cancellation) is { } item)
            Raise(new KeptSince([.. _kept.Entries[..^1], OfAll(item)]));
    }

    // A line for each pattern, as metrics have no control characters in their names: the pattern, and a number for each resolution.
    private static string TextOf(ImmutableArray<KeptSince.Entry> entries) =>
        string.Join('\n', entries.Select(entry => string.Join('\t', entry.Since.Select(since => since.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)).Prepend(entry.Metrics))));

    private static IEnumerable<KeptSince.Entry> OfMetrics(string text) =>
        from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let fields = line.Split('\t')
        select new KeptSince.Entry(fields[0], [.. fields[1..].Select(field => new Instant(long.Parse(field, CultureInfo.InvariantCulture)))]);

    private static KeptSince.Entry OfAll(Dictionary<string, AttributeValue> item) => new(KeptSince.AllMetrics, [.. Marks.Select(mark => ToInstant(item.OptionalNumber(mark)))]);

    private void Raise(KeptSince kept)
    {
        lock (_lock)
            _kept = _kept.Raise(kept);
    }

    private static Instant ToInstant(long? mark) => mark is { } at ? new Instant(at) : Instant.MinValue;

    // A mark that is further already stays: the condition fails, and that is as good.
    private async ValueTask Raise(string name, Instant from, CancellationToken cancellation) =>
        await database.Update(
            new Update
            {
                TableName = database.NameOf(Table.Rules),
                Key = AttributeExtensions.Key(DynamoRuleStore.MetaPartition, Sort),
                UpdateExpression = "SET #mark = :from",
                ConditionExpression = "attribute_not_exists(#mark) OR #mark < :from",
                ExpressionAttributeNames = new() { ["#mark"] = name },
                ExpressionAttributeValues = new() { [":from"] = AttributeExtensions.Of(from.UnixMilliseconds) },
            },
            cancellation);
}
