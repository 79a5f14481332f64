using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.Alerts;

/// <summary>The alerts of a segment, newest first, as many as were asked for.</summary>
public sealed class AlertInbox(IAlertBook book, ITwins twins)
{
    public const int PageSize = 50;
    public const int Most = 500;

    private readonly Dictionary<DeviceId, string> _names = [];
    private int _wanted = PageSize;

    public AlertFilter Filter { get; private set; }

    public IReadOnlyList<Alert> Alerts { get; private set; } = [];

    public bool HasMore { get; private set; }

    public string NameOf(DeviceId device) => _names.GetValueOrDefault(device, device.Value);

    public Task Show(AlertFilter filter, CancellationToken cancellation)
    {
        (Filter, _wanted) = (filter, PageSize);
        return Load(cancellation);
    }

    public Task ShowMore(CancellationToken cancellation)
    {
        _wanted = Math.Min(Most, _wanted + PageSize);
        return Load(cancellation);
    }

    public async Task Apply(FleetUpdate update, CancellationToken cancellation)
    {
        if (!update.BeyondReadings && !update.Incomplete)
            return;

        foreach (var (device, twin) in update.Twins)
            _names[device] = twin.Description.Name ?? device.Value;

        await Load(cancellation);
    }

    private async Task Load(CancellationToken cancellation)
    {
        var page = await book.List(Query with { Limit = _wanted }, cancellation);
        foreach (var device in page.Items.Select(alert => alert.Device).Where(device => !_names.ContainsKey(device)).Distinct())
            _names[device] = (await twins.Find(device, cancellation))?.Twin.Description.Name ?? device.Value;

        (Alerts, HasMore) = (page.Items, page.Next is not null && _wanted < Most);
    }

    private AlertQuery Query => Filter switch
    {
        AlertFilter.Open => new AlertQuery(Open: true),
        AlertFilter.Acknowledged => new AlertQuery(AlertStatus.Acknowledged),
        AlertFilter.Resolved => new AlertQuery(AlertStatus.Resolved),
        _ => new AlertQuery(),
    };
}
