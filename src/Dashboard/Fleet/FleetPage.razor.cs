using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Alerts;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Dashboard.Fleet;

public sealed partial class FleetPage
{
    private FleetOverview _overview = default!;
    private AlertInbox _resolved = default!;

    [Inject]
    private IFleet Fleet { get; set; } = default!;

    [Inject]
    private IAlertBook Book { get; set; } = default!;

    [Inject]
    private ITwins Twins { get; set; } = default!;

    [Inject]
    private FleetPulse Pulse { get; set; } = default!;

    [Inject]
    private Operator Operator { get; set; } = default!;

    [Inject]
    private IOptions<DashboardOptions> Options { get; set; } = default!;

    private FleetCounts? Counts => Pulse.Latest.Counts;

    protected override async Task OnInitializedAsync()
    {
        _overview = new FleetOverview(Fleet);
        _resolved = new AlertInbox(Book, Twins);
        Pulse.Beat += Refresh;
        Follow(FleetFilter.All, Apply); // before loading, so that nothing falls between
        await Reload();
    }

    protected override void Dispose(bool disposing)
    {
        Pulse.Beat -= Refresh;
        base.Dispose(disposing);
    }

    private Task Reload() => Load(async () =>
    {
        await _overview.Load(Leaving);
        await _resolved.Show(AlertFilter.Resolved, Leaving);
    });

    private async Task Apply(FleetUpdate update)
    {
        await _overview.Apply(update, Leaving);
        await _resolved.Apply(update, Leaving);
    }

    private Task Acknowledge(AlertId alert) => Act(Operator.Acknowledge(alert, Leaving));

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
