using System.Collections.Immutable;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>What makes a device type one that readings can be held to.</summary>
public static class DeviceTypeRules
{
    public static ImmutableArray<DeviceTypeFault> Check(DeviceType type)
    {
        var faults = ImmutableArray.CreateBuilder<DeviceTypeFault>();
        var names = new HashSet<MetricName>();
        for (var i = 0; i < type.Metrics.Length; i++)
            CheckMetric(faults, $"metrics[{i}]", type.Metrics[i], names);

        for (var i = 0; i < type.Derived.Length; i++)
        {
            if (!names.Add(type.Derived[i].Name))
                faults.Add(new($"derived[{i}].name", $"is '{type.Derived[i].Name}', which is there already.", "Give each metric a name of its own."));

            if (type.Derived[i].Expression.Metrics.IsEmpty)
                faults.Add(new($"derived[{i}].expression", "names no metric.", "Compute it from at least one; a fact that never changes belongs to the metadata."));
        }

        // One name twice makes no order.
        if (faults.Count == 0 && Derivations.InOrder(type.Derived) is not { IsDefault: false })
            faults.Add(new("derived", "has metrics that are computed from each other in a circle.", "Compute each from metrics that devices send, or from others that are."));

        return faults.DrainToImmutable();
    }

    private static void CheckMetric(ImmutableArray<DeviceTypeFault>.Builder faults, string path, MetricSchema metric, HashSet<MetricName> names)
    {
        if (!names.Add(metric.Name))
            faults.Add(new($"{path}.name", $"is '{metric.Name}', which is there already.", "Give each metric a name of its own."));

        if (metric.Kind != MetricKind.Number && (metric.Min ?? metric.Max) is not null)
            faults.Add(new($"{path}.min", "is given for a metric that is no number.", "Leave min and max out."));

        if (metric.Kind != MetricKind.Number && metric.Transform is not null)
            faults.Add(new($"{path}.transform", "is given for a metric that is no number.", "Leave it out."));

        if (metric.Min > metric.Max)
            faults.Add(new($"{path}.min", "is greater than max.", "Write the lesser as min."));
    }
}
