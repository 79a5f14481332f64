using OrleansIot.Application.DeviceTypes;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Application.Tests.DeviceTypes;

public sealed class DeviceTypeBookTests : IDisposable
{
    private static readonly DeviceType Pump = new(
        DeviceTypeId.Parse("pump"), "Pump", null, [new(MetricName.Parse("t"), MetricKind.Number, "C")], [], BreachPolicy.Flag, Strict: false, Version: 0);

    private readonly InMemoryDeviceTypeStore _store = new();
    private readonly DeviceTypeBook _book;

    public DeviceTypeBookTests() => _book = new DeviceTypeBook(_store);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task A_type_is_found_by_what_a_device_says_whatever_the_case()
    {
        await _book.Put(Pump, expectedVersion: 0);

        Assert.Equal("C", _book.For("PUMP")?.UnitOf(MetricName.Parse("t")));
        Assert.Null(_book.For("boiler"));
        Assert.Null(_book.For(null));
    }

    [Fact]
    public async Task Each_change_is_a_revision_and_a_version()
    {
        await _book.Open([], default);
        var before = _book.Revision;

        Assert.Equal(1, (await _book.Put(Pump, expectedVersion: 0))!.Version);
        Assert.Equal(2, (await _book.Put(Pump, expectedVersion: 1))!.Version);
        Assert.True(await _book.Delete(Pump.Id, expectedVersion: 2));

        Assert.Equal(before + 3, _book.Revision);
        Assert.Empty(_book.All);
    }

    [Fact]
    public async Task An_edit_of_what_is_no_longer_there_changes_nothing()
    {
        await _book.Put(Pump, expectedVersion: 0);
        var revision = _book.Revision;

        Assert.Null(await _book.Put(Pump, expectedVersion: 0));
        Assert.Null(await _book.Put(Pump, expectedVersion: 2));
        Assert.False(await _book.Delete(Pump.Id, expectedVersion: 2));
        Assert.False(await _book.Delete(DeviceTypeId.Parse("boiler"), expectedVersion: 0));

        Assert.Equal(revision, _book.Revision);
    }

    [Fact]
    public async Task What_another_process_wrote_is_not_deleted_and_is_in_force_from_then_on()
    {
        await _book.Put(Pump, expectedVersion: 0);
        await _store.Put(Pump with { Name = "Theirs", Version = 2 }, default);

        Assert.False(await _book.Delete(Pump.Id, expectedVersion: 1));
        Assert.Equal("Theirs", _book.Find(Pump.Id)?.Name);
        Assert.Single(await _store.List(default));
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_in_force()
    {
        _store.IsFull = true;

        await Assert.ThrowsAsync<StoreException>(() => _book.Put(Pump, expectedVersion: 0).AsTask());

        Assert.Empty(_book.All);
        _store.IsFull = false;
        Assert.NotNull(await _book.Put(Pump, expectedVersion: 0));
    }

    [Fact]
    public async Task Shipped_types_are_put_where_there_is_none_and_an_edited_one_stays()
    {
        await _book.Open([Pump], default);
        await _book.Put(Pump with { Name = "Edited" }, expectedVersion: 1);

        using var again = new DeviceTypeBook(_store);
        await again.Open([Pump, Pump with { Id = DeviceTypeId.Parse("valve") }], default);

        Assert.Equal([("pump", "Edited", 2L), ("valve", "Pump", 1L)], again.All.Select(type => (type.Id.Value, type.Name, type.Version)));
    }

    [Fact]
    public async Task What_another_process_stored_is_in_force_after_a_look_and_a_look_without_news_is_no_revision()
    {
        await _book.Open([], default);
        await _store.Put(Pump with { Version = 1 }, default);

        await _book.Look(default);
        var revision = _book.Revision;
        await _book.Look(default);

        Assert.NotNull(_book.For("pump"));
        Assert.Equal(revision, _book.Revision);
    }
}
