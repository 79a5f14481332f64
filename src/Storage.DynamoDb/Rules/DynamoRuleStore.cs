using OrleansIot.Application;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Rules;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.Rules;

/// <summary>One item per rule. A newer version replaces an older one and never the other way round.</summary>
internal sealed class DynamoRuleStore(DynamoDatabase database) : IRuleStore
{
    public const string MetaPartition = "meta";

    private const string Partition = "rules";
    private const string Seeded = "rules-seeded";

    public async ValueTask<bool> IsSeeded(CancellationToken cancellation) => await database.Get(Table.Rules, MetaPartition, Seeded, cancellation) is not null;

    public async ValueTask MarkSeeded(CancellationToken cancellation) =>
        await database.Put(Table.Rules, AttributeExtensions.Key(MetaPartition, Seeded), null, cancellation);

    public async ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation)
    {
        var rules = new List<Rule>();
        await foreach (var item in database.Query(database.Range(Table.Rules, Partition, Sortable.First, Sortable.Last), cancellation))
            rules.Add(RuleCodec.Decode(item.Bytes(Names.Body)));

        return rules;
    }

    /// <exception cref="StoreException">Another process has edited the rule since this one read it.</exception>
    public async ValueTask Put(Rule rule, CancellationToken cancellation)
    {
        var body = new ByteBuffer(512);
        RuleCodec.Encode(body, rule);
        var item = AttributeExtensions.Key(Partition, rule.Id.Value);
        item[Names.Version] = AttributeExtensions.Of(rule.Version);
        item[Names.Body] = AttributeExtensions.Of(body.Written.ToArray());

        // The same again is the repeat of a write whose answer was lost, or another silo that seeds the same rules.
        var isNewer = new WriteCondition(
            $"attribute_not_exists({Names.Partition}) OR #version < :version OR (#version = :version AND #body = :body)",
            new() { ["#version"] = Names.Version, ["#body"] = Names.Body },
            new() { [":version"] = item[Names.Version], [":body"] = AttributeExtensions.Of(body.Written.ToArray()) });
        if (!await database.Put(Table.Rules, item, isNewer, cancellation))
            throw new StoreException($"Rule {rule.Id} was edited elsewhere in the meantime: version {rule.Version} or a later one is there already. Read it again, then edit it.");
    }

    public ValueTask<bool> Delete(RuleId rule, long version, CancellationToken cancellation) =>
        database.Delete(Table.Rules, Partition, rule.Value, WriteCondition.IsAt(version), cancellation);
}
