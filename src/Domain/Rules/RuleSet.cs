using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Rules;

/// <summary>The rules that one device answers to, arranged by the metric they look at.</summary>
public sealed class RuleSet
{
    public static readonly RuleSet Empty = new([]);

    private readonly FrozenDictionary<MetricName, ImmutableArray<Rule>> _byMetric;
    private readonly FrozenDictionary<RuleId, Rule> _byId;

    private RuleSet(ImmutableArray<Rule> rules)
    {
        Rules = rules;
        _byId = rules.ToFrozenDictionary(rule => rule.Id);
        _byMetric = rules.GroupBy(rule => rule.Condition.Metric).ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
    }

    public ImmutableArray<Rule> Rules { get; }

    public static RuleSet For(DeviceId device, string? deviceType, IEnumerable<Rule> rules)
    {
        var concerned = rules.Where(rule => rule.AppliesTo(device, deviceType)).OrderBy(rule => rule.Id).ToImmutableArray();
        return concerned.IsEmpty ? Empty : new RuleSet(concerned);
    }

    public static RuleSet Of(params ReadOnlySpan<Rule> rules) => rules.IsEmpty ? Empty : new RuleSet([.. rules]);

    public ImmutableArray<Rule> On(MetricName metric) => _byMetric.TryGetValue(metric, out var rules) ? rules : [];

    public Rule? Find(RuleId rule) => _byId.GetValueOrDefault(rule);
}
