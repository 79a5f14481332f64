using OrleansIot.Application.Rules;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Rules;
using OrleansIot.Grains.Interfaces.Rules;

namespace OrleansIot.Grains.Rules;

/// <summary>
/// The owner of one rule: its edits come one after the other, each durable before it is in force. It keeps nothing in memory, for
/// edits are rare: each begins with what is stored, so a silo that was cut off cannot edit what it no longer knows.
/// </summary>
[GrainType("orleansiot-rule")]
internal sealed class RuleGrain(IRuleStore store, RuleAnnouncements silos) : Grain, IRuleGrain, IRuleOwnerGrain
{
    private const string Ok = "ok";
    private const string Unknown = "rule.unknown";
    private const string ChangedMeanwhile = "rule.changed";

    private RuleId Id => RuleId.TryParse(this.GetPrimaryKeyString(), out var id) ? id : throw new ArgumentException($"The key of this grain is not a rule id: {RuleId.Rule}.");

    public async Task<RuleDefinition?> Get() => DefinitionOf(await Stored());

    public async Task<RuleEdit> Put(Rule rule, long? expectedVersion)
    {
        var present = await Stored();
        var version = present?.Version ?? 0;
        if (expectedVersion is { } expected && expected != version)
            return new RuleEdit(Done: false, present);

        var stored = rule with { Version = version + 1 };
        await store.Put(stored, CancellationToken.None);
        await silos.Announce(stored.Id, stored);
        return new RuleEdit(Done: true, stored);
    }

    async Task<RuleEdit> IRuleOwnerGrain.Delete(long? expectedVersion)
    {
        var present = await Stored();
        if (present is null || (expectedVersion ?? present.Version) != present.Version)
            return new RuleEdit(Done: false, present);

        // One that is gone after all was deleted by an owner before this one, or by a delete whose answer was lost.
        if (!await store.Delete(Id, present.Version, CancellationToken.None) && await Stored() is { } other)
            return new RuleEdit(Done: false, other);

        await silos.Announce(Id, null);
        return new RuleEdit(Done: true, null);
    }

    public async Task<RuleAnswer> Put(string document, long? expectedVersion)
    {
        var read = RuleDocumentReader.Read(document, Id);
        if (!read.IsValid)
            return new RuleAnswer(RuleDocument.InvalidCode, DefinitionOf(await Stored()), [.. read.Faults.Select(fault => fault.ToString())]);

        var edit = await Put(read.Rule, expectedVersion);
        return new RuleAnswer(edit.Done ? Ok : ChangedMeanwhile, DefinitionOf(edit.Present), []);
    }

    public async Task<RuleAnswer> Delete(long? expectedVersion)
    {
        var edit = await ((IRuleOwnerGrain)this).Delete(expectedVersion);
        return new RuleAnswer(edit.Done ? Ok : edit.Present is null ? Unknown : ChangedMeanwhile, DefinitionOf(edit.Present), []);
    }

    private static RuleDefinition? DefinitionOf(Rule? rule) => rule is null ? null : new RuleDefinition(RuleDocumentJson.Write(rule), rule.Version);

    private async Task<Rule?> Stored()
    {
        var id = Id;
        return (await store.List(CancellationToken.None)).FirstOrDefault(rule => rule.Id == id);
    }
}
