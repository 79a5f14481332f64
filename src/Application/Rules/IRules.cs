using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>The rules in force: read by the twins' owners on each activation and change, edited through the API and dashboard.</summary>
public interface IRules
{
    /// <summary>Rises with every change; an owner compares it to know that its <see cref="RuleSet"/> is stale.</summary>
    long Revision { get; }

    ImmutableArray<Rule> All { get; }

    Rule? Find(RuleId rule);

    RuleSet For(DeviceId device, string? deviceType);

    /// <summary>Creates or replaces; the version is set here (one more than the one it replaces). Answers the rule as stored.</summary>
    ValueTask<Rule> Put(Rule rule, CancellationToken cancellation = default);

    /// <summary>As <see cref="Put(Rule, CancellationToken)"/>, but only onto what the caller has seen; otherwise null, and nothing changes.</summary>
    /// <param name="expectedVersion">That of the rule to replace; 0: there is none.</param>
    ValueTask<Rule?> Put(Rule rule, long expectedVersion, CancellationToken cancellation = default);

    ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation = default);

    /// <summary>False, and nothing changes, where the rule is gone or at another version.</summary>
    ValueTask<bool> Delete(RuleId rule, long expectedVersion, CancellationToken cancellation = default);

    /// <summary>Raised after a change is durable and in force.</summary>
    event Action? Changed;
}
