using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>The order in which derived metrics are computed: each after those it is computed from.</summary>
internal static class Derivations
{
    /// <summary>Default where they go in a circle.</summary>
    public static ImmutableArray<DerivedMetric> InOrder(ImmutableArray<DerivedMetric> derived)
    {
        var waiting = derived.ToList();
        var ordered = ImmutableArray.CreateBuilder<DerivedMetric>(derived.Length);
        while (waiting.Count > 0)
        {
            var names = waiting.Select(metric => metric.Name).ToHashSet();
            if (waiting.FindIndex(metric => !metric.Expression.Metrics.Any(names.Contains)) is var ready && ready < 0)
                return default;

            ordered.Add(waiting[ready]);
            waiting.RemoveAt(ready);
        }

        return ordered.MoveToImmutable();
    }
}
