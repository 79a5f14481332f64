using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Dashboard.Fleet;

public sealed partial class FleetPage
{
    private FleetOverview _overview = default!;

    [Inject]
    private IFleet Fleet { get; set; } = default!;

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
        Pulse.Beat += Refresh;
        Follow(FleetFilter.All, update => _overview.Apply(update, Leaving)); // before loading, so that nothing falls between
        await Reload();
    }

    protected override void Dispose(bool disposing)
    {
        Pulse.Beat -= Refresh;
        base.Dispose(disposing);
    }

    private Task Reload() => Load(() => _overview.Load(Leaving));

    private Task Acknowledge(AlertId alert) => Act(Operator.Acknowledge(alert, Leaving));

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}
