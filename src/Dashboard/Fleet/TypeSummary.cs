using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Fleet;

/// <summary>The devices of one type in a line.</summary>
/// <param name="Type">Null for those without one.</param>
public sealed record TypeSummary(string? Type, int Devices, int Online, int OpenAlerts, Severity? Worst)
{
    /// <summary>By type; those without one last.</summary>
    public static IReadOnlyList<TypeSummary> Of(IEnumerable<Twin> twins) =>
    [
        .. twins.GroupBy(twin => twin.Description.Type, (type, all) => Of(type, [.. all]))
            .OrderBy(summary => summary.Type is null).ThenBy(summary => summary.Type, StringComparer.OrdinalIgnoreCase),
    ];

    private static TypeSummary Of(string? type, Twin[] twins) => new(
        type,
        twins.Length,
        twins.Count(twin => twin.Status == DeviceStatus.Online),
        twins.Sum(twin => twin.OpenAlerts.Length),
        twins.Max(twin => twin.WorstSeverity));
}
