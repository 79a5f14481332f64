using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Fleet;

/// <summary>What the overview knows: the devices, worst first, and what of them asks for somebody.</summary>
public sealed class FleetOverview(IFleet fleet)
{
    /// <summary>More cells than this are no longer a picture; and they stand worst first, so what is left out is fine.</summary>
    public const int MaxCells = 480;
    public const int MaxItems = 10;

    private List<Twin> _worstFirst = [];

    public IReadOnlyList<Twin> WorstFirst => _worstFirst;

    /// <summary>All devices, also those without a cell.</summary>
    public int Total { get; private set; }

    /// <summary>Worst first; of equals those nobody took on, then the newest.</summary>
    public IReadOnlyList<AttentionItem> Attention { get; private set; } = [];

    public int OpenAlerts { get; private set; }

    /// <summary>Offline without an alert that would say so.</summary>
    public IReadOnlyList<Twin> SilentlyOffline { get; private set; } = [];

    /// <summary>Only where all devices are known here; of a part of them it would be wrong.</summary>
    public IReadOnlyList<TypeSummary> Types { get; private set; } = [];

    public async Task Load(CancellationToken cancellation)
    {
        var page = await fleet.List(new DeviceQuery(Order: DeviceOrder.WorstFirst, Limit: MaxCells), cancellation);
        _worstFirst = [.. page.Items];
        Total = page.Total;
        Arrange();
    }

    public async Task Apply(FleetUpdate update, CancellationToken cancellation)
    {
        if (update.BeyondReadings || update.Incomplete || WorstFirst.Count < Math.Min(MaxCells, Total))
        {
            await Load(cancellation);
            return;
        }

        // Readings alone do not change the order.
        for (var i = 0; i < _worstFirst.Count; i++)
        {
            if (update.Twins.TryGetValue(_worstFirst[i].Device, out var newer))
                _worstFirst[i] = newer;
        }

        Arrange();
    }

    private void Arrange()
    {
        var all = _worstFirst
            .SelectMany(twin => twin.OpenAlerts.Select(alert => new AttentionItem(alert, twin)))
            .OrderByDescending(item => item.Alert.Severity)
            .ThenBy(item => item.Alert.Status == AlertStatus.Acknowledged)
            .ThenByDescending(item => item.Alert.TriggeredAt)
            .ToList();
        OpenAlerts = all.Count;
        Attention = [.. all.Take(MaxItems)];
        Types = Total <= _worstFirst.Count ? TypeSummary.Of(_worstFirst) : [];
        SilentlyOffline = [.. _worstFirst.Where(twin => twin.Status == DeviceStatus.Offline && twin.OpenAlerts.IsEmpty)];
    }
}
