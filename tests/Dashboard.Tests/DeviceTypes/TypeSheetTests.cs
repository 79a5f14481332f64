using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.DeviceTypes;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Tests.DeviceTypes;

public sealed class TypeSheetTests : IAsyncDisposable
{
    private readonly Plant _plant = new();

    [Fact]
    public async Task The_list_has_what_is_defined_and_what_devices_only_name_with_how_many_are_of_it()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        await _plant.DefineBoilers("boiler-7");
        await Named("boiler-8", "Boiler"); // letter case does not count
        await Named("press-1", "press");
        await Named("press-2", "Press");
        await _plant.Types.Put(TypeFormTests.Pump(), 0);

        var catalog = new TypeCatalog(_plant.Types, _plant.Fleet);
        await catalog.Load(CancellationToken.None);

        Assert.Equal([("boiler", true, 2), ("pump", true, 0), ("Press", false, 2)], catalog.Rows.Select(row => (row.Id, row.Type is not null, row.Devices)));
        Assert.Equal(["inlet", "pressure", "running", "load"], catalog.Rows[1].Metrics);
    }

    [Fact]
    public async Task A_type_tells_which_of_its_devices_break_it_now()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        await _plant.DefineBoilers("boiler-7");
        await Named("boiler-8", "Boiler");
        await _plant.Report("boiler-7", ("temperature", 140), ("pressure", 2));
        await _plant.Report("boiler-8", ("temperature", 60), ("pressure", 2));

        var sheet = await Loaded("BOILER");

        Assert.Equal(("boiler", 2, 1), (sheet.Type!.Id.Value, sheet.Devices, sheet.FlaggedCount));
        Assert.Equal((Breach.OutOfRange, "boiler-7"), (Assert.Single(Assert.Single(sheet.Flagged).Flags).Breach, sheet.Flagged[0].Device.Value));
        Assert.Equal(2, (await _plant.Fleet.List(new DeviceQuery(Filter: sheet.Question))).Total);

        await _plant.Report("boiler-7", ("temperature", 60), ("pressure", 2));
        Assert.Equal(0, (await Loaded("boiler")).FlaggedCount);
    }

    [Theory]
    [InlineData("press", true)]
    [InlineData("Bob's press", false)]
    public async Task A_type_that_nobody_defined_knows_its_devices(string name, bool canBeDefined)
    {
        await Named("press-1", name);

        var sheet = await Loaded(name);

        Assert.Null(sheet.Type);
        Assert.Equal((1, canBeDefined), (sheet.Devices, sheet.CanBeDefined));
        Assert.Equal(1, (await _plant.Fleet.List(new DeviceQuery(Filter: sheet.Question))).Total);
    }

    [Fact]
    public async Task A_type_that_is_not_there_at_all_is_empty()
    {
        var sheet = await Loaded("nothing");

        Assert.Null(sheet.Type);
        Assert.Equal((0, null), (sheet.Devices, sheet.Question));
    }

    [Fact]
    public async Task What_a_device_reports_is_proposed_with_the_ranges_that_were_seen()
    {
        await _plant.Report("boiler-7", ("temperature", 60), ("pressure", 2));
        await _plant.Report("boiler-7", ("temperature", 66), ("pressure", 2));

        var proposal = await Proposed("", "boiler-7");

        Assert.Equal(("boiler-7", 1), (proposal.Type!.Id.Value, proposal.Devices));
        Assert.Equal([("pressure", 2d, 2d), ("temperature", 60d, 66d)], proposal.Type.Metrics.Select(metric => (metric.Name.Value, metric.Min!.Value, metric.Max!.Value)));
    }

    [Fact]
    public async Task Without_a_device_those_of_the_type_are_looked_at_whatever_their_spelling()
    {
        await Named("press-1", "press");
        await Named("press-2", "Press");
        await _plant.Report("press-1", ("force", 10));
        await _plant.Report("press-2", ("force", 30));

        var proposal = await Proposed("press", "");

        Assert.Equal(2, proposal.Devices);
        Assert.Equal((10d, 30d), (proposal.Type!.Metrics[0].Min!.Value, proposal.Type.Metrics[0].Max!.Value));
    }

    [Theory]
    [InlineData("press", "", "device-type.no-devices")]
    [InlineData("", "", "device-type.no-devices")]
    [InlineData("press", "nobody", "device.unknown")]
    [InlineData("press", "not a device!", "device.unknown")]
    public async Task Nothing_to_look_at_is_said_with_its_code(string type, string devices, string code) =>
        Assert.Equal(code, (await Proposed(type, devices)).Refusal!.Code);

    [Fact]
    public void Limits_and_conversions_are_read_as_they_are_written()
    {
        var type = TypeFormTests.Pump();

        Assert.Equal(["−20 to 130", "at most 16.000000001", null], type.Metrics.Select(TypeText.RangeOf));
        Assert.Equal(["from °F", "× 0.1 − 1", null], type.Metrics.Select(TypeText.TransformOf));
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    private async Task Named(string device, string type) =>
        Assert.Null(await _plant.Operator.Describe(DeviceId.Parse(device), DeviceDescription.None with { Type = type }, DeviceDescription.None));

    private async Task<TypeSheet> Loaded(string name)
    {
        var sheet = new TypeSheet(name, _plant.Types, _plant.Fleet);
        await sheet.Load(CancellationToken.None);
        return sheet;
    }

    private Task<TypeProposal> Proposed(string type, string devices) =>
        new TypeProposals(_plant.Twins, _plant.Fleet, _plant.Types, new SchemaInference(_plant.Store.History), _plant.Time).Infer(type, devices, CancellationToken.None);
}
