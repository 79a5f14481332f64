using Microsoft.Extensions.Logging;
using OrleansIot.Domain.Rules;
using OrleansIot.Grains.DeviceTypes;

namespace OrleansIot.Grains.Rules;

/// <inheritdoc cref="ISiloRules"/>
internal sealed class SiloRules(GrainId id, Silo silo, ILoggerFactory logs, ClusterRules rules, ClusterDeviceTypes types) : GrainService(id, silo, logs), ISiloRules
{
    public Task Changed(string ruleId, Rule? rule)
    {
        rules.Apply(RuleId.Parse(ruleId), rule);
        return Task.CompletedTask;
    }

    public Task TypesChanged() => types.Look();
}
