using OrleansIot.Application;
using OrleansIot.Dashboard.DeviceTypes;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Dashboard.Tests.DeviceTypes;

public sealed class TypeDeskTests : IAsyncDisposable
{
    private static readonly DeviceTypeId Pump = DeviceTypeId.Parse("pump");

    private readonly Plant _plant = new();

    [Fact]
    public async Task A_type_is_created_changed_and_deleted()
    {
        var first = await New("pump").Save(CancellationToken.None);
        Assert.Equal(1, first!.Version);

        var desk = new TypeDesk(_plant.Types, first);
        desk.Form.Name = "Heating pump";
        Assert.Equal(("Heating pump", 2L), (await desk.Save(CancellationToken.None) is { } second ? (second.Name, second.Version) : default));

        Assert.True(await new TypeDesk(_plant.Types, _plant.Types.Find(Pump)).Delete(CancellationToken.None));
        Assert.Null(_plant.Types.Find(Pump));
    }

    [Fact]
    public async Task What_is_to_be_mended_is_not_written()
    {
        var desk = New("");

        Assert.Null(await desk.Save(CancellationToken.None));
        Assert.Equal("device-type.invalid", desk.Refusal!.Code);
        Assert.False(desk.IsOvertaken);
        Assert.Empty(_plant.Types.All);
    }

    [Fact]
    public async Task Whoever_comes_second_is_told_and_keeps_what_they_typed_until_they_say_which_counts()
    {
        var seen = await New("pump").Save(CancellationToken.None);
        var (mine, other) = (new TypeDesk(_plant.Types, seen), new TypeDesk(_plant.Types, seen));
        other.Form.Name = "Theirs";
        await other.Save(CancellationToken.None);

        mine.Form.Name = "Mine";
        Assert.Null(await mine.Save(CancellationToken.None));

        Assert.Equal(("device-type.changed", "The device type is at version 2; read it again and repeat the change."), (mine.Refusal!.Code, mine.Refusal.Detail));
        Assert.True(mine.IsOvertaken);
        Assert.Equal("Mine", mine.Form.Name);
        Assert.Equal("Theirs", _plant.Types.Find(Pump)!.Name);

        mine.KeepMine();
        Assert.Null(mine.Refusal);
        Assert.Equal(("Mine", 3L), (await mine.Save(CancellationToken.None) is { } saved ? (saved.Name, saved.Version) : default));
    }

    [Fact]
    public async Task Or_they_take_what_is_there()
    {
        var seen = await New("pump").Save(CancellationToken.None);
        var mine = new TypeDesk(_plant.Types, seen);
        await _plant.Types.Put(seen! with { Name = "Theirs" }, 1);
        mine.Form.Name = "Mine";
        await mine.Save(CancellationToken.None);

        mine.TakeTheirs();

        Assert.Equal(("Theirs", 2L, false), (mine.Form.Name, mine.Version, mine.IsOvertaken));
    }

    [Fact]
    public async Task A_new_type_does_not_take_the_place_of_one_that_is_there()
    {
        await New("pump").Save(CancellationToken.None);
        var desk = New("pump");

        Assert.Null(await desk.Save(CancellationToken.None));
        Assert.Equal("device-type.changed", desk.Refusal!.Code);
        Assert.Equal(1, desk.Present!.Version);
    }

    [Fact]
    public async Task One_that_is_gone_can_be_created_anew()
    {
        var seen = await New("pump").Save(CancellationToken.None);
        var desk = new TypeDesk(_plant.Types, seen);
        await _plant.Types.Delete(Pump, 1);

        Assert.False(await desk.Delete(CancellationToken.None));
        Assert.Equal("There is no such device type.", desk.Refusal!.Detail);
        Assert.Null(desk.Present);

        desk.KeepMine();
        Assert.Equal(1, (await desk.Save(CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task One_that_changed_since_is_not_deleted()
    {
        var seen = await New("pump").Save(CancellationToken.None);
        await _plant.Types.Put(seen! with { Name = "Theirs" }, 1);
        var desk = new TypeDesk(_plant.Types, seen);

        Assert.False(await desk.Delete(CancellationToken.None));
        Assert.Equal("device-type.changed", desk.Refusal!.Code);
        Assert.NotNull(_plant.Types.Find(Pump));
    }

    [Fact]
    public async Task A_store_that_fails_is_told_and_what_is_typed_stays()
    {
        var desk = new TypeDesk(new UnwritableTypes(_plant.Types), null);
        desk.Form.Name = "pump";

        Assert.Null(await desk.Save(CancellationToken.None));
        Assert.Equal("device-type.unavailable", desk.Refusal!.Code);
        Assert.Equal("pump", desk.Form.Name);
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    private TypeDesk New(string name)
    {
        var desk = new TypeDesk(_plant.Types, null);
        desk.Form.Name = name;
        return desk;
    }

    private sealed class UnwritableTypes(Application.DeviceTypes.IDeviceTypes read) : Application.DeviceTypes.IDeviceTypes
    {
        public long Revision => read.Revision;

        public System.Collections.Immutable.ImmutableArray<DeviceType> All => read.All;

        public DeviceType? Find(DeviceTypeId type) => read.Find(type);

        public TypeSchema? For(string? type) => read.For(type);

        public ValueTask<DeviceType?> Put(DeviceType type, long expectedVersion, CancellationToken cancellation = default) => throw new StoreException("The disk is full.");

        public ValueTask<bool> Delete(DeviceTypeId type, long expectedVersion, CancellationToken cancellation = default) => throw new StoreException("The disk is full.");
    }
}
