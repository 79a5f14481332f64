using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Past;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Dashboard.Shadows;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceDetail;

public sealed partial class DevicePage
{
    /// <summary>Beats of the pulse, that is 5 s, between two attempts at a store that failed.</summary>
    private const int RetryEvery = 10;

    private DeviceSheet _sheet = default!;
    private DeviceForm? _form;
    private DeviceId? _device;
    private TimeTravel _travel = default!;
    private ShadowDesk _desk = default!;
    private ShadowDesk _pastDesk = default!;
    private bool _asksForMaintenance;
    private bool _isBusy;
    private bool _hasLooked;
    private int _beats;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "metric")]
    public string? MetricText { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeText { get; set; }

    /// <summary>A moment of the past; without one, now.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    public string? AtText { get; set; }

    [Inject]
    private ITwins Twins { get; set; } = default!;

    [Inject]
    private TwinPast Past { get; set; } = default!;

    [Inject]
    private IDeviceTypes Types { get; set; } = default!;

    [Inject]
    private IOptions<ShadowOptions> Shadows { get; set; } = default!;

    [Inject]
    private IReadingHistory History { get; set; } = default!;

    [Inject]
    private IRules Rules { get; set; } = default!;

    [Inject]
    private IAlertBook AlertBook { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private FleetPulse Pulse { get; set; } = default!;

    [Inject]
    private Operator Operator { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string Title => (_sheet.Twin ?? _sheet.Live)?.Description.Name ?? Id;

    private bool IsPast => _sheet.Past is not null;

    private ShadowDesk ShownDesk => IsPast ? _pastDesk : _desk;

    private MetricName? AskedMetric => MetricName.TryParse(MetricText, out var metric) ? metric : null;

    protected override void OnInitialized() => Pulse.Beat += PassTime;

    protected override async Task OnParametersSetAsync()
    {
        var isId = DeviceId.TryParse(Id, out var device);
        if (device == _device)
        {
            await FollowAddress();
            return;
        }

        _device = device;
        (_form, _asksForMaintenance, _hasLooked) = (null, false, false);
        _travel = new TimeTravel(Time);
        _sheet = new DeviceSheet(device, Twins, Past, History, Rules, Types, AlertBook, Time);
        _desk = new ShadowDesk(device, Twins, Operator, Shadows.Value.MaxDepth);
        _pastDesk = new ShadowDesk(device, Twins, Operator, Shadows.Value.MaxDepth);
        if (isId)
        {
            Follow(new FleetFilter(device), async update =>
            {
                await _sheet.Apply(update, Leaving);
                ShowShadows();
            });
            await Load(LoadSheet);
        }
        else
        {
            await Load(() => Task.CompletedTask);
        }
    }

    protected override void Dispose(bool disposing)
    {
        Pulse.Beat -= PassTime;
        _isBusy = true; // a beat that waits its turn finds nothing to do
        base.Dispose(disposing);
    }

    private Task Reload() => Load(LoadSheet);

    private async Task LoadSheet()
    {
        await _sheet.Load(AskedMetric, ChartRange.Find(RangeText), Leaving);
        ShowShadows();
        if (_travel.Read(AtText) is { } at && _sheet.Live is not null)
        {
            _travel.Open(at);
            await LookAt();
        }
    }

    private async Task FollowAddress()
    {
        if (_travel.Read(AtText) is var at && at != _travel.At)
        {
            if (at is null)
                _travel.Close();
            else
                _travel.Open(at);

            await Load(LookAt);
        }

        await Load(() => _sheet.ShowChart(AskedMetric ?? _sheet.Charted, ChartRange.Find(RangeText), Leaving));
    }

    private void Go(MetricName? metric, ChartRange range) => Go(new() { ["metric"] = metric?.Value, ["range"] = range.Name });

    private void Go(Dictionary<string, object?> changed) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(changed), replace: true);

    private Task Scrub(int position)
    {
        _travel.Seek(position);
        return Load(LookAt);
    }

    // The address follows once the slider stands still: browsers refuse a page that changes it with every pixel.
    private void Settle() => Go(new() { ["at"] = _travel.At?.ToString() });

    private async Task Move(int steps)
    {
        _travel.Move(steps);
        await Load(LookAt);
        Settle();
    }

    private async Task Jump(Instant at)
    {
        _travel.Seek(at);
        await Load(LookAt);
        Settle();
    }

    private async Task ChooseTravel(TravelRange range)
    {
        _travel.Choose(range);
        await Load(LookAt);
        Settle();
    }

    private async Task Leave()
    {
        _travel.Close();
        await Load(LookAt);
        Settle();
    }

    private async Task LookAt()
    {
        if (_travel.At is not null || IsPast)
            await _sheet.LookAt(_travel.At, Leaving);

        ShowShadows();
    }

    private void ShowShadows()
    {
        if (_sheet.Live is { } live)
            _desk.Show(live);
        if (_sheet.Past?.Twin is { } past)
            _pastDesk.ShowPast(past);
    }

    private void ToggleForm() => _form = _form is null && _sheet.Live is { } twin ? DeviceForm.Of(twin.Description) : null;

    private async Task Save()
    {
        const int Tries = 5; // each one lost to somebody else who changed other fields of this device
        for (var attempt = 0; attempt < Tries && _form is { } form && form.Describe() is { } description; attempt++)
        {
            var refusal = await Operator.Describe(_device!.Value, description, form.Before, Leaving);
            await Act(Task.FromResult(refusal?.Detail));
            if (refusal is null)
                _form = null;

            if (refusal != TwinRejection.DescriptionChanged || await Twins.Find(_device.Value, Leaving) is not { } now || !form.Meet(now.Twin.Description))
                return;
        }
    }

    private async Task BeginMaintenance(string reason)
    {
        await Act(Operator.BeginMaintenance(_device!.Value, reason, Leaving));
        _asksForMaintenance = Refusal is not null;
    }

    private Task EndMaintenance() => Act(Operator.EndMaintenance(_device!.Value, Leaving));

    private Task SaveShadow() => _desk.Save(Leaving);

    private Task DeleteShadow() => _desk.Delete(Leaving);

    private Task Acknowledge(AlertId alert) => Act(Operator.Acknowledge(alert, Leaving));

    private Task Resolve(AlertId alert) => Act(Operator.Resolve(alert, Leaving));

    private void PassTime() => _ = InvokeAsync(async () =>
    {
        _sheet.PassTime();
        StateHasChanged();
        if (_isBusy || !IsLoaded)
            return;

        if (Problem is not null)
        {
            if (++_beats % RetryEvery == 0)
                await CatchUp(leaving => _sheet.LookAt(_travel.At, leaving));
        }
        else if (!_hasLooked)
        {
            // In a cluster the other silos tell of changes from a moment after this page asked them to: what came before is looked up, once.
            _hasLooked = true;
            await CatchUp(_sheet.Look);
        }
    });

    private async Task CatchUp(Func<CancellationToken, Task> look)
    {
        _isBusy = true;
        var leaving = Leaving;
        await Load(() => look(leaving));
        if (leaving.IsCancellationRequested)
            return;

        ShowShadows();
        _isBusy = false;
        StateHasChanged();
    }
}
