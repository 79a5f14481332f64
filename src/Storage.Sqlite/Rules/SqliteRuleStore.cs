using System.Buffers;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Rules;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Rules;

/// <summary>The table of rules.</summary>
internal sealed class SqliteRuleStore(GroupCommit writer, ReadConnections readers, DamageFound damage) : IRuleStore
{
    private static readonly string Upsert = $"{GuardedTables.Rules.Insert("INSERT")} ON CONFLICT(id) DO UPDATE SET body = excluded.body, checksum = excluded.checksum";

    public async ValueTask<bool> IsSeeded(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        return Meta.Read(reader.Statement(Meta.Select).Bind(Meta.RulesSeeded)) is not null;
    }

    public async ValueTask MarkSeeded(CancellationToken cancellation) =>
        await writer.Run(
            database =>
            {
                Meta.Write(database, Meta.RulesSeeded, 1);
                return true;
            },
            null,
            cancellation);

    public async ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement($"SELECT id, body, {GuardedTables.Rules.IsWhole} FROM rule ORDER BY id");
        var rules = new List<Rule>();
        while (select.Step())
        {
            if (select.Int64(2) != 0)
                rules.Add(RuleCodec.Decode(select.Blob(1)));
            else
                damage.Add(GuardedTables.Rules.Damage(select));
        }

        return rules;
    }

    public async ValueTask Put(Rule rule, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>();
        RuleCodec.Encode(body, rule);
        await writer.Run(
            database =>
            {
                database.Statement(Upsert).Guarded().Bind(rule.Id.Value).Bind(body.WrittenSpan).BindChecksum().Run();
                return true;
            },
            null,
            cancellation);
    }

    public ValueTask<bool> Delete(RuleId rule, long version, CancellationToken cancellation) =>
        writer.Run(
            database =>
            {
                if (VersionOf(database, rule) != version)
                    return false;

                database.Statement("DELETE FROM rule WHERE id = ?").Bind(rule.Value).Run();
                return true;
            },
            null,
            cancellation);

    private static long? VersionOf(SqliteDatabase database, RuleId rule)
    {
        using var select = database.Statement($"SELECT body, {GuardedTables.Rules.IsWhole} FROM rule WHERE id = ?").Bind(rule.Value);
        return select.Step() && select.Int64(1) != 0 ? RuleCodec.Decode(select.Blob(0)).Version : null;
    }
}
