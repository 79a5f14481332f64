using OrleansIot.Application.Rules;
using OrleansIot.Application.Rules.Ports;

namespace OrleansIot.Grains.Rules;

/// <inheritdoc cref="IRuleSeedGrain"/>
[GrainType("orleansiot-rule-seed")]
internal sealed class RuleSeedGrain(IRuleStore store) : Grain, IRuleSeedGrain
{
    public async Task Seed()
    {
        if (await store.IsSeeded(CancellationToken.None))
            return;

        var present = (await store.List(CancellationToken.None)).Select(rule => rule.Id).ToHashSet();
        foreach (var rule in ShippedRules.All.Where(rule => !present.Contains(rule.Id)))
            await store.Put(rule, CancellationToken.None);

        await store.MarkSeeded(CancellationToken.None);
    }
}
