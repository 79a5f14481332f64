using OrleansIot.Dashboard.Alerts;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.Tests.Alerts;

public sealed class AlertInboxTests : IAsyncDisposable
{
    private readonly Plant _plant = new();
    private readonly AlertInbox _inbox;
    private readonly Operator _operator;

    public AlertInboxTests()
    {
        _inbox = new AlertInbox(_plant.Store.Alerts, _plant.Twins);
        _operator = new Operator(_plant.Twins, _plant.Time);
    }

    [Fact]
    public async Task An_alert_goes_from_open_to_acknowledged_to_resolved()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 91));
        var alert = (await _plant.OpenAlertOf("boiler-7")).Id;

        Assert.Equal([alert], await Shown(AlertFilter.Open));
        Assert.Empty(await Shown(AlertFilter.Acknowledged));

        Assert.Null(await _operator.Acknowledge(alert));
        Assert.Equal([alert], await Shown(AlertFilter.Acknowledged));
        Assert.Equal(Operator.Name, _inbox.Alerts[0].AcknowledgedBy);

        Assert.Null(await _operator.Resolve(alert));
        Assert.Empty(await Shown(AlertFilter.Open));
        Assert.Equal([alert], await Shown(AlertFilter.Resolved));
        Assert.Equal([alert], await Shown(AlertFilter.All));
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_and_not_thrown()
    {
        await _plant.Report("boiler-7", ("temperature", 20));

        var refusal = await _operator.Acknowledge(AlertId.Parse("boiler-7~too-hot~9"));

        Assert.False(string.IsNullOrEmpty(refusal));
    }

    [Fact]
    public async Task A_device_is_called_by_its_name_also_after_it_was_renamed()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 91));
        var boiler = DeviceId.Parse("boiler-7");
        await _inbox.Show(AlertFilter.Open, CancellationToken.None);
        Assert.Equal("boiler-7", _inbox.NameOf(boiler));

        await _operator.Describe(boiler, new DeviceDescription("Boiler seven", null, null, []), DeviceDescription.None);
        await _inbox.Apply(await _plant.UpdateOf("boiler-7"), CancellationToken.None);

        Assert.Equal("Boiler seven", _inbox.NameOf(boiler));
    }

    [Fact]
    public async Task More_are_shown_when_asked_for()
    {
        await _plant.WatchForHeat();
        for (var i = 0; i <= AlertInbox.PageSize; i++)
            await _plant.Report($"boiler-{i}", ("temperature", 91));

        Assert.Equal(AlertInbox.PageSize, (await Shown(AlertFilter.Open)).Count);
        Assert.True(_inbox.HasMore);

        await _inbox.ShowMore(CancellationToken.None);
        Assert.Equal(AlertInbox.PageSize + 1, _inbox.Alerts.Count);
        Assert.False(_inbox.HasMore);
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    private async Task<IReadOnlyList<AlertId>> Shown(AlertFilter filter)
    {
        await _inbox.Show(filter, CancellationToken.None);
        return [.. _inbox.Alerts.Select(alert => alert.Id)];
    }
}
