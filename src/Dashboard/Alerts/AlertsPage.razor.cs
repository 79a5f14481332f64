using Microsoft.AspNetCore.Components;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Dashboard.Alerts;

public sealed partial class AlertsPage
{
    private AlertInbox _inbox = default!;

    [Inject]
    private IAlertBook Book { get; set; } = default!;

    [Inject]
    private ITwins Twins { get; set; } = default!;

    [Inject]
    private FleetPulse Pulse { get; set; } = default!;

    [Inject]
    private Operator Operator { get; set; } = default!;

    private FleetCounts? Counts => Pulse.Latest.Counts;

    protected override async Task OnInitializedAsync()
    {
        _inbox = new AlertInbox(Book, Twins);
        Follow(new FleetFilter(Readings: false), update => _inbox.Apply(update, Leaving));
        await Show(AlertFilter.Open);
    }

    private Task Show(AlertFilter filter) => Load(() => _inbox.Show(filter, Leaving));

    private Task ShowMore() => Load(() => _inbox.ShowMore(Leaving));

    private Task Acknowledge(AlertId alert) => Act(Operator.Acknowledge(alert, Leaving));

    private Task Resolve(AlertId alert) => Act(Operator.Resolve(alert, Leaving));
}
