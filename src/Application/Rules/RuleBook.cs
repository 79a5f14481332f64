using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>The rules in force, held in memory and kept in a store. Durable before in force; edits are one after the other.</summary>
public sealed class RuleBook(IRuleStore store) : IRules, IDisposable
{
    private readonly SemaphoreSlim _editing = new(1);
    private volatile Edition _edition = Edition.Empty;

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

                deleted = await store.Delete(rule, cancellation);
                return [.. before.All.Where(other => other.Id != rule)];
            },
            cancellation);
        return deleted;
    }

    /// <param name="edit">Null: nothing is to change.</param>
    private async Task Edit(Func<Edition, Task<IReadOnlyList<Rule>?>> edit, CancellationToken cancellation)
    {
        await _editing.WaitAsync(cancellation);
        try
        {
            var before = _edition;
            if (await edit(before) is not { } after)
                return;

            _edition = new Edition(before.Revision + 1, after);
        }
        finally
        {
            _editing.Release();
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// The book at one revision. Most devices share their rules with all others of their type, so a fleet of a hundred
    /// thousand asks for a handful of sets: they are made once.
    /// </summary>
    private sealed class Edition
    {
        public static readonly Edition Empty = new(0, []);

        private readonly FrozenDictionary<RuleId, Rule> _byId;
        private readonly FrozenSet<DeviceId> _namedDevices;
        private readonly FrozenDictionary<string, RuleSet> _ofType;
        private readonly RuleSet _ofOtherTypes;

        public Edition(long revision, IReadOnlyList<Rule> rules)
        {
            Revision = revision;
            All = [.. rules.OrderBy(rule => rule.Id)];
            _byId = All.ToFrozenDictionary(rule => rule.Id);
            _namedDevices = All.SelectMany(rule => rule.DeviceIds).ToFrozenSet();
            var forAnyDevice = All.Where(rule => rule.DeviceIds.IsEmpty).ToList();
            _ofOtherTypes = RuleSet.For(default, null, forAnyDevice);
            _ofType = forAnyDevice.Select(rule => rule.DeviceType)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(type => type, type => RuleSet.For(default, type, forAnyDevice), StringComparer.OrdinalIgnoreCase);
        }

        public long Revision { get; }

        public ImmutableArray<Rule> All { get; }

        public Rule? Find(RuleId rule) => _byId.GetValueOrDefault(rule);

        public RuleSet For(DeviceId device, string? deviceType)
        {
            if (_namedDevices.Contains(device))
                return RuleSet.For(device, deviceType, All);

            return deviceType is not null && _ofType.TryGetValue(deviceType, out var rules) ? rules : _ofOtherTypes;
        }
    }
}
