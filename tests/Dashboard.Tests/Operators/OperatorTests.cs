using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Tests.Operators;

public sealed class OperatorTests : IAsyncDisposable
{
    private static readonly DeviceId Boiler = DeviceId.Parse("boiler-7");

    private readonly Plant _plant = new();

    [Fact]
    public async Task Maintenance_begins_with_its_reason_and_ends()
    {
        await _plant.Report("boiler-7", ("temperature", 60));

        Assert.Null(await _plant.Operator.BeginMaintenance(Boiler, " new bearings "));
        var twin = await _plant.Twin("boiler-7");
        Assert.Equal((DeviceStatus.Maintenance, "new bearings", "operator"), (twin.Status, twin.Maintenance!.Reason, twin.Maintenance.By));

        Assert.Null(await _plant.Operator.EndMaintenance(Boiler));
        Assert.Null((await _plant.Twin("boiler-7")).Maintenance);
    }

    [Fact]
    public async Task A_description_that_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var seen = DeviceDescription.None;
        Assert.Null(await _plant.Operator.Describe(Boiler, seen with { Name = "Theirs" }, seen));

        Assert.Equal(TwinRejection.DescriptionChanged, await _plant.Operator.Describe(Boiler, seen with { Name = "Mine" }, seen));
        Assert.Equal("Theirs", (await _plant.Twin("boiler-7")).Description.Name);
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();
}
