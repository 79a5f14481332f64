using System.Collections.Immutable;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>The rules in force, held in memory and kept in a store. Durable before in force; edits are one after the other.</summary>
public sealed class RuleBook(IRuleStore store) : IRules, IDisposable
{
    private readonly SemaphoreSlim _editing = new(1);
    private volatile RuleEdition _edition = RuleEdition.Empty;

    public event Action? Changed;

    /// <summary>Whether the store has been read.</summary>
    public bool IsOpen => Revision > 0;

    public long Revision => _edition.Revision;

    public ImmutableArray<Rule> All => _edition.All;

    /// <summary>Reads the store; one that never held a rule gets the shipped ones first.</summary>
    public async Task Open(CancellationToken cancellation)
    {
        await Edit(
            async _ =>
            {
                if (!await store.IsSeeded(cancellation))
                    await Seed(cancellation);

                return await store.List(cancellation);
            },
            cancellation);
    }

    public Rule? Find(RuleId rule) => _edition.Find(rule);

    public RuleSet For(DeviceId device, string? deviceType) => _edition.For(device, deviceType);

    public async ValueTask<Rule> Put(Rule rule, CancellationToken cancellation = default) => (await Put(rule, expectedVersion: null, cancellation))!;

    public ValueTask<Rule?> Put(Rule rule, long expectedVersion, CancellationToken cancellation = default) => Put(rule, (long?)expectedVersion, cancellation);

    public ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation = default) => Delete(rule, expectedVersion: null, cancellation);

    public ValueTask<bool> Delete(RuleId rule, long expectedVersion, CancellationToken cancellation = default) => Delete(rule, (long?)expectedVersion, cancellation);

    public void Dispose() => _editing.Dispose();

    private async Task Seed(CancellationToken cancellation)
    {
        foreach (var rule in ShippedRules.All)
            await store.Put(rule, cancellation);

        await store.MarkSeeded(cancellation);
    }

    private async ValueTask<Rule?> Put(Rule rule, long? expectedVersion, CancellationToken cancellation)
    {
        Rule? stored = null;
        await Edit(
            async before =>
            {
                var version = before.Find(rule.Id)?.Version ?? 0;
                if (expectedVersion is { } expected && expected != version)
                    return null;

                stored = rule with { Version = version + 1 };
                await store.Put(stored, cancellation);
                return [.. before.All.Where(other => other.Id != rule.Id), stored];
            },
            cancellation);
        return stored;
    }

    private async ValueTask<bool> Delete(RuleId rule, long? expectedVersion, CancellationToken cancellation)
    {
        var deleted = false;
        await Edit(
            async before =>
            {
                if (before.Find(rule) is not { } known || (expectedVersion ?? known.Version) != known.Version)
                    return null;

                deleted = await store.Delete(rule, known.Version, cancellation);
                if (deleted)
                    return [.. before.All.Where(other => other.Id != rule)];

                // It is not as it is known here: another process wrote it, or a delete whose answer was lost was done. What is stored is in force.
                var stored = await store.List(cancellation);
                deleted = stored.All(other => other.Id != rule);
                return stored;
            },
            cancellation);
        return deleted;
    }

    /// <param name="edit">Null: nothing is to change.</param>
    private async Task Edit(Func<RuleEdition, Task<IReadOnlyList<Rule>?>> edit, CancellationToken cancellation)
    {
        await _editing.WaitAsync(cancellation);
        try
        {
            var before = _edition;
            if (await edit(before) is not { } after)
                return;

            _edition = new RuleEdition(before.Revision + 1, after);
        }
        finally
        {
            _editing.Release();
        }

        Changed?.Invoke();
    }
}
