using Microsoft.AspNetCore.Components;
using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.Display;

namespace OrleansIot.Dashboard.DeviceTypes;

public sealed partial class TypePage
{
    private TypeSheet _sheet = default!;
    private string? _shown;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IFleet Fleet { get; set; } = default!;

    private string Title => _sheet.Type?.Name ?? Id;

    private string Devices => _sheet.Devices == 1 ? "1 device" : $"{Numbers.Count(_sheet.Devices)} devices";

    protected override async Task OnParametersSetAsync()
    {
        if (Id == _shown)
            return;

        _shown = Id;
        _sheet = new TypeSheet(Id, Types, Fleet);
        await Reload();
    }

    protected override Task Look(CancellationToken cancellation) => _sheet.Load(cancellation);
}
