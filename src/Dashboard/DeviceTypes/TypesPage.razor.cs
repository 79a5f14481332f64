using Microsoft.AspNetCore.Components;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Dashboard.DeviceTypes;

public sealed partial class TypesPage
{
    private TypeCatalog _catalog = default!;

    [Inject]
    private IFleet Fleet { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        _catalog = new TypeCatalog(Types, Fleet);
        await Reload();
    }

    protected override Task Look(CancellationToken cancellation) => _catalog.Load(cancellation);
}
