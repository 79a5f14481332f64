using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Rules;

/// <summary>
/// This silo's copy of the rules: twins read it, edits go through each rule's owner (<see cref="RuleGrain"/>), which tells all
/// silos before an edit completes. What a silo was not told of, it finds in the store when it looks.
/// </summary>
internal sealed partial class ClusterRules(IRuleStore store, IGrainFactory grains, SiloMembers silos, TimeProvider time, ILogger<ClusterRules> log)
    : IRules, ILifecycleParticipant<ISiloLifecycle>, IHealthCheck, IDisposable
{
    public const string HealthName = "rules";

    // Before anything is activated here: a twin without its rules would resolve the alerts of all of them.
    private const int LoadStage = ServiceLifecycleStage.ApplicationServices;

    // After grains can be called, before twins are taken up.
    private const int SeedStage = ServiceLifecycleStage.Active + 10;

    // One read of a short list per silo; and no longer than somebody would wait before asking why a rule does not fire.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // Edits that come while the store is read make a look worthless; three in a row do not happen by hand.
    private const int Looks = 3;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private volatile RuleEdition _edition = RuleEdition.Empty;
    private long _applied;
    private Task _looking = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    public event Action? Changed;

    /// <summary>As <see cref="Changed"/>, with what changed: each definition as it was and as it is.</summary>
    public event Action<ImmutableArray<Rule>>? RulesChanged;

    public long Revision => _edition.Revision;

    public ImmutableArray<Rule> All => _edition.All;

    public Rule? Find(RuleId rule) => _edition.Find(rule);

    public RuleSet For(DeviceId device, string? deviceType) => _edition.For(device, deviceType);

    public async ValueTask<Rule> Put(Rule rule, CancellationToken cancellation = default) =>
        (await Edit(rule.Id, owner => owner.Put(rule, expectedVersion: null), cancellation)).Present!;

    public async ValueTask<Rule?> Put(Rule rule, long expectedVersion, CancellationToken cancellation = default) =>
        await Edit(rule.Id, owner => owner.Put(rule, expectedVersion), cancellation) is { Done: true, Present: var stored } ? stored : null;

    public async ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation = default) =>
        (await Edit(rule, owner => owner.Delete(expectedVersion: null), cancellation)).Done;

    public async ValueTask<bool> Delete(RuleId rule, long expectedVersion, CancellationToken cancellation = default) =>
        (await Edit(rule, owner => owner.Delete(expectedVersion), cancellation)).Done;

    /// <param name="definition">Null: it was removed.</param>
    public void Apply(RuleId rule, Rule? definition)
    {
        ImmutableArray<Rule> changed;
        lock (_lock)
        {
            _applied++;
            var others = _edition.All.Where(other => other.Id != rule);
            changed = Replace(definition is null ? [.. others] : [.. others, definition]);
        }

        Tell(changed);
    }

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(ClusterRules), LoadStage, Look);
        lifecycle.Subscribe(nameof(ClusterRules), SeedStage, SeedAndFollow, Stop);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Revision > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The rules are not loaded yet."));

    public void Dispose() => _stopping.Dispose();

    private async Task SeedAndFollow(CancellationToken cancellation)
    {
        if (!await store.IsSeeded(cancellation))
            await grains.GetGrain<IRuleSeedGrain>(0).Seed();

        // Again, now that owners tell this silo of their edits: one that was made between the first look and this is not lost.
        await Look(cancellation);
        _looking = Task.Run(LookNowAndThen, CancellationToken.None);
        _following = Task.Run(LookWhenSilosChange, CancellationToken.None);
    }

    private async Task Stop(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_looking, _following).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<RuleEdit> Edit(RuleId rule, Func<IRuleOwnerGrain, Task<RuleEdit>> edit, CancellationToken cancellation)
    {
        try
        {
            var outcome = await edit(grains.GetGrain<IRuleOwnerGrain>(rule.Value)).WaitAsync(cancellation);

            // Whoever was refused must see why; and what this silo's own telling missed, it has now.
            Apply(rule, outcome.Present);
            return outcome;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw new StoreException($"The owner of rule {rule} could not be reached; look whether it was changed, and repeat.", isTransient: true, e);
        }
    }

    private async Task LookNowAndThen()
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await LookOrLog();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task LookWhenSilosChange()
    {
        try
        {
            await foreach (var _ in silos.Changes(_stopping.Token))
                await LookOrLog();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task LookOrLog()
    {
        try
        {
            await Look(_stopping.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRead(e);
        }
    }

    private async Task Look(CancellationToken cancellation)
    {
        for (var look = 0; look < Looks; look++)
        {
            var applied = Interlocked.Read(ref _applied);
            var stored = await store.List(cancellation);
            ImmutableArray<Rule> changed;
            lock (_lock)
            {
                if (applied != _applied)
                    continue;

                changed = Replace(stored);
            }

            Tell(changed);
            return;
        }
    }

    /// <summary>Within the lock. Answers the definitions that came or went.</summary>
    private ImmutableArray<Rule> Replace(IReadOnlyList<Rule> rules)
    {
        var before = _edition;
        var changed = before.All.Except(rules).Concat(rules.Except(before.All)).ToImmutableArray();
        if (!changed.IsEmpty || before.Revision == 0)
            _edition = new RuleEdition(before.Revision + 1, rules);

        return changed;
    }

    private void Tell(ImmutableArray<Rule> changed)
    {
        if (changed.IsEmpty)
            return;

        Changed?.Invoke();
        RulesChanged?.Invoke(changed);
    }

    [LoggerMessage(5031, LogLevel.Warning, "The store's rules could not be looked at; those of before stay in force")]
    private partial void LogNotRead(Exception exception);
}
