using Microsoft.AspNetCore.Components;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.DeviceDetail;

public sealed partial class DevicePage
{
    private DeviceSheet _sheet = default!;
    private DeviceForm? _form;
    private DeviceId? _device;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "metric")]
    public string? MetricText { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeText { get; set; }

    [Inject]
    private ITwins Twins { get; set; } = default!;

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

    private string Title => _sheet.Twin?.Description.Name ?? Id;

    private MetricName? AskedMetric => MetricName.TryParse(MetricText, out var metric) ? metric : null;

    protected override void OnInitialized() => Pulse.Beat += PassTime;

    protected override async Task OnParametersSetAsync()
    {
        var isId = DeviceId.TryParse(Id, out var device);
        if (device == _device)
        {
            await Load(() => _sheet.ShowChart(AskedMetric ?? _sheet.Charted, ChartRange.Find(RangeText), Leaving));
            return;
        }

        _device = device;
        _form = null;
        _sheet = new DeviceSheet(device, Twins, History, Rules, AlertBook, Time);
        if (isId)
            Follow(new FleetFilter(device), update => _sheet.Apply(update, Leaving));

        await Load(() => isId ? _sheet.Load(AskedMetric, ChartRange.Find(RangeText), Leaving) : Task.CompletedTask);
    }

    protected override void Dispose(bool disposing)
    {
        Pulse.Beat -= PassTime;
        base.Dispose(disposing);
    }

    private Task Reload() => Load(() => _sheet.Load(AskedMetric, ChartRange.Find(RangeText), Leaving));

    private void Go(MetricName? metric, ChartRange range) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["metric"] = metric?.Value, ["range"] = range.Name }),
            replace: true);

    private void ToggleForm() => _form = _form is null && _sheet.Twin is { } twin ? DeviceForm.Of(twin.Description) : null;

    private async Task Save(DeviceDescription description)
    {
        await Act(Operator.Describe(_sheet.Twin!.Device, description, Leaving));
        if (Refusal is null)
            _form = null;
    }

    private Task Acknowledge(AlertId alert) => Act(Operator.Acknowledge(alert, Leaving));

    private Task Resolve(AlertId alert) => Act(Operator.Resolve(alert, Leaving));

    private void PassTime() => _ = InvokeAsync(() =>
    {
        _sheet.PassTime();
        StateHasChanged();
    });
}
