using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History.Ports;
using OrleansIot.Dashboard.Live;

namespace OrleansIot.Dashboard.Devices;

public sealed partial class DevicesPage
{
    private DeviceList _list = default!;
    private Virtualize<DeviceRow>? _virtualize;
    private bool _isDrawing;

    [SupplyParameterFromQuery(Name = "q")]
    public string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    public string? ShownFilter { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    public string? ShownOrder { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? ShownSort { get; set; }

    [Inject]
    private IFleet Fleet { get; set; } = default!;

    [Inject]
    private IReadingHistory History { get; set; } = default!;

    [Inject]
    private FleetPulse Pulse { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private FleetCounts? Counts => Pulse.Latest.Counts;

    protected override void OnInitialized()
    {
        _list = new DeviceList(Fleet, History, Time);
        Follow(FleetFilter.All, Apply);
    }

    protected override async Task OnParametersSetAsync()
    {
        var changed = _list.Show(DeviceListAddress.FilterOf(ShownFilter), SearchText, DeviceListAddress.OrderOf(ShownOrder), ShownSort);
        if (changed || !IsLoaded)
            await Reload();
    }

    private static string Pressed(bool isPressed) => isPressed ? "true" : "false";

    private void Go(DeviceFilter filter, string? search, DeviceOrder order, string? sort = null) =>
        Navigation.NavigateTo(DeviceListAddress.Of(filter, search, order, sort), replace: true);

    private Task Reload() => Load(async () =>
    {
        if (_virtualize is null)
            await _list.Window(0, 1, Leaving);
        else
            await _virtualize.RefreshDataAsync();
    });

    // An empty page has no list yet: the first device brings it.
    private async Task Apply(FleetUpdate update)
    {
        if (_list.Apply(update))
            await Reload();
    }

    private async ValueTask<ItemsProviderResult<DeviceRow>> Provide(ItemsProviderRequest request)
    {
        IReadOnlyList<DeviceRow> rows = [];
        await Load(async () => rows = await _list.Window(request.StartIndex, request.Count, Leaving));
        _ = InvokeAsync(DrawTrends);
        return new ItemsProviderResult<DeviceRow>(rows, _list.Total);
    }

    // After the rows themselves: a list that waits for its ornaments is slow.
    private async Task DrawTrends()
    {
        if (_isDrawing)
            return;

        _isDrawing = true;
        await Load(() => _list.DrawTrends(Leaving));
        _isDrawing = false;
        StateHasChanged();
    }
}
