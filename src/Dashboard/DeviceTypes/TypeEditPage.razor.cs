using Microsoft.AspNetCore.Components;
using OrleansIot.Application;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Display;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Dashboard.DeviceTypes;

public sealed partial class TypeEditPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private TypeDesk _desk = default!;
    private bool _isGone;
    private string _devices = "";
    private bool _isProposing;
    private string? _proposed;
    private DeviceTypeRefusal? _proposalRefusal;
    private string? _opened;

    /// <summary>Null for a new type.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>The id that a new type is to have.</summary>
    [SupplyParameterFromQuery(Name = "type")]
    public string? NewId { get; set; }

    /// <summary>A device: what it reports is proposed at once.</summary>
    [SupplyParameterFromQuery(Name = "device")]
    public string? Device { get; set; }

    [Inject]
    private IDeviceTypes Types { get; set; } = default!;

    [Inject]
    private ITwins Twins { get; set; } = default!;

    [Inject]
    private IFleet Fleet { get; set; } = default!;

    [Inject]
    private SchemaInference Inference { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string Title => _isGone ? $"Type {Id}" : _desk.Form.IsNew ? "New device type" : $"Edit {Types.Find(DeviceTypeId.Parse(_desk.Form.Id))?.Name ?? _desk.Form.Id}";

    public void Dispose()
    {
        if (_leaving.IsCancellationRequested)
            return;

        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var address = Navigation.Uri;
        if (address == _opened)
            return;

        _opened = address;
        var edited = DeviceTypeId.TryParse(Id, out var id) ? Types.Find(id) : null;
        _isGone = Id is not null && edited is null;
        _desk = new TypeDesk(Types, edited);
        (_devices, _proposed, _proposalRefusal) = (Device ?? "", null, null);
        if (Id is not null)
            return;

        _desk.Form.Id = NewId ?? "";
        if ((NewId ?? Device) is not null)
            await Propose();
    }

    private async Task Save()
    {
        if (await _desk.Save(_leaving.Token) is { } stored)
            Navigation.NavigateTo(TypeAddress.Of(stored.Id.Value));
    }

    private async Task Delete()
    {
        if (await _desk.Delete(_leaving.Token))
            Navigation.NavigateTo(TypeAddress.All);
    }

    private void TakeTheirs()
    {
        if (_desk.Form.IsNew && _desk.Present is { } present)
            Navigation.NavigateTo(TypeAddress.Edit(present.Id.Value));
        else
            _desk.TakeTheirs();
    }

    private async Task Propose()
    {
        (_isProposing, _proposed, _proposalRefusal) = (true, null, null);
        try
        {
            var proposal = await new TypeProposals(Twins, Fleet, Types, Inference, Time).Infer(_desk.Form.Id.Trim(), _devices, _leaving.Token);
            _proposalRefusal = proposal.Refusal;
            if (proposal.Type is { } type)
                _proposed = Told(_desk.Form.Add(type), proposal.Devices);
        }
        catch (StoreException)
        {
            _proposalRefusal = new("device-type.unavailable", "The store did not answer. Try again in a moment.");
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return; // the page was left
        }

        _isProposing = false;
    }

    private static string Told(int added, int devices)
    {
        var of = devices == 1 ? "a device" : $"{Numbers.Count(devices)} devices";
        return added == 0 ? $"Nothing new: all that {of} reported in the last day is named already."
            : $"{Numbers.Count(added)} proposed from what {of} reported in the last day. Ranges are what was seen, so widen them; units are yours to add.";
    }
}
