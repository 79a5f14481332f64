using Microsoft.AspNetCore.Components;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Dashboard.Live;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A page about device types: loaded anew when one of them changes, and its counts of devices every few seconds.</summary>
public abstract class TypeLookout : LivePage
{
    /// <summary>Beats of the pulse, that is 5 s: a count is one pass over the fleet.</summary>
    private const int CountEvery = 10;

    private long _revision = -1;
    private int _beats;
    private bool _isBusy;

    [Inject]
    protected IDeviceTypes Types { get; set; } = default!;

    [Inject]
    private FleetPulse Pulse { get; set; } = default!;

    /// <summary>Takes in what there is now.</summary>
    protected abstract Task Look(CancellationToken cancellation);

    protected override void OnInitialized() => Pulse.Beat += KeepUp;

    protected override void Dispose(bool disposing)
    {
        Pulse.Beat -= KeepUp;
        _isBusy = true; // a beat that waits its turn finds nothing to do
        base.Dispose(disposing);
    }

    protected Task Reload()
    {
        _revision = Types.Revision;
        var leaving = Leaving;
        return Load(() => Look(leaving));
    }

    private void KeepUp() => _ = InvokeAsync(async () =>
    {
        if (_isBusy || (Types.Revision == _revision && ++_beats % CountEvery != 0))
            return;

        _isBusy = true;
        var leaving = Leaving;
        await Reload();
        if (leaving.IsCancellationRequested)
            return;

        _isBusy = false;
        StateHasChanged();
    });
}
