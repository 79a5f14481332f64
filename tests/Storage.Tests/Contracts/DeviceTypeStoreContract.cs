using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class DeviceTypeStoreContract(IStoreUnderTest store) : StoreContract(store)
{
    [Fact]
    public async Task Types_list_in_order_as_they_were_last_put()
    {
        var bare = new DeviceType(DeviceTypeId.Parse("bare"), "bare", null, [], [], BreachPolicy.Flag, false, 1);
        await Store.DeviceTypes.Put(DeviceType("pump"), default);
        await Store.DeviceTypes.Put(bare, default);
        await Store.DeviceTypes.Put(DeviceType("pump") with { Version = 2, Strict = false }, default);

        Assert.Equal([bare, DeviceType("pump") with { Version = 2, Strict = false }], await Store.DeviceTypes.List(default));
    }

    [Fact]
    public async Task A_deleted_type_is_gone_and_deleting_it_again_says_so()
    {
        await Store.DeviceTypes.Put(DeviceType("pump"), default);

        Assert.True(await Store.DeviceTypes.Delete(DeviceTypeId.Parse("pump"), DeviceType("pump").Version, default));
        Assert.False(await Store.DeviceTypes.Delete(DeviceTypeId.Parse("pump"), DeviceType("pump").Version, default));
        Assert.Empty(await Store.DeviceTypes.List(default));
    }

    [Fact]
    public async Task A_type_is_deleted_only_at_the_version_that_was_seen()
    {
        await Store.DeviceTypes.Put(DeviceType("pump") with { Version = 1 }, default);
        await Store.DeviceTypes.Put(DeviceType("pump") with { Version = 2 }, default);

        Assert.False(await Store.DeviceTypes.Delete(DeviceTypeId.Parse("pump"), version: 1, default));
        Assert.False(await Store.DeviceTypes.Delete(DeviceTypeId.Parse("pump"), version: 3, default));
        Assert.Equal([DeviceType("pump") with { Version = 2 }], await Store.DeviceTypes.List(default));
        Assert.True(await Store.DeviceTypes.Delete(DeviceTypeId.Parse("pump"), version: 2, default));
    }

    [Fact]
    public async Task Types_and_rules_do_not_get_in_each_others_way()
    {
        await Store.DeviceTypes.Put(DeviceType("same"), default);
        await Store.Rules.Put(Rule("same"), default);

        Assert.Equal([DeviceType("same")], await Store.DeviceTypes.List(default));
        Assert.Equal([Rule("same")], await Store.Rules.List(default));
        Assert.True(await Store.Rules.Delete(Rule("same").Id, Rule("same").Version, default));
        Assert.Equal([DeviceType("same")], await Store.DeviceTypes.List(default));
    }

    [Fact]
    public async Task Flags_of_a_reading_come_back_with_its_history()
    {
        var flagged = Reading(1_000, 200) with { Flags = [new(Temperature, Breach.OutOfRange), new(MetricName.Parse("never-sent"), Breach.Missing)] };
        foreach (var (version, reading) in ((long, Reading)[])[(0, Reading(0, 20)), (1, flagged), (2, Reading(2_000, 21))])
            await Store.Journal.Append(new(Boiler, version, [Recorded(reading)], []), default);

        Assert.Equal([Reading(0, 20), flagged, Reading(2_000, 21)], await Store.History.Readings(Boiler, At(0), At(10_000), 10, default));
    }
}
