using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class JournalContract(IStoreUnderTest store) : StoreContract(store)
{
    [Fact]
    public async Task Events_read_back_in_order_with_their_versions()
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 20.5), Recorded(1_000, 21)), default);
        await Store.Journal.Append(Append(Boiler, 2, Recorded(2_000, -0.25)), default);

        JournaledEvent[] expected = [new(1, Recorded(0, 20.5)), new(2, Recorded(1_000, 21)), new(3, Recorded(2_000, -0.25))];
        Assert.Equal(expected, await Read(Boiler, 0));
    }

    [Fact]
    public async Task Reading_begins_after_the_version_asked_for_even_within_one_append()
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(1, 2), Recorded(2, 3)), default);

        Assert.Equal([2, 3], (await Read(Boiler, 1)).Select(journaled => journaled.Version));
        Assert.Empty(await Read(Boiler, 3));
    }

    [Fact]
    public async Task Devices_do_not_see_each_others_events()
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await Store.Journal.Append(Append(Pump, 0, Recorded(0, 2)), default);

        Assert.Equal(new JournaledEvent(1, Recorded(0, 2)), Assert.Single(await Read(Pump, 0)));
        Assert.Empty(await Read(DeviceId.Parse("never-heard-of"), 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_second_owner_is_found_out_and_stores_nothing(long expected)
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        await Assert.ThrowsAsync<JournalConflictException>(async () => await Store.Journal.Append(Append(Boiler, expected, Recorded(5, 2)), default));

        Assert.Single(await Read(Boiler, 0));
        await Store.Journal.Append(Append(Boiler, 1, Recorded(6, 3)), default);
    }

    [Fact]
    public async Task Appends_of_many_devices_at_once_all_arrive()
    {
        var devices = Enumerable.Range(0, 500).Select(i => DeviceId.Parse($"device-{i}")).ToArray();

        await Task.WhenAll(devices.Select(device => Task.Run(async () =>
        {
            for (var version = 0; version < 5; version++)
                await Store.Journal.Append(Append(device, version, Recorded(version, version)), default);
        })));

        foreach (var device in devices)
            Assert.Equal(Enumerable.Range(0, 5).Select(i => new JournaledEvent(i + 1, Recorded(i, i))), await Read(device, 0));
    }

    [Fact]
    public async Task What_is_older_than_the_snapshot_can_still_be_read()
    {
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(1, 2)), default);
        await Store.Snapshots.Save([new(Boiler) { Version = 2 }], default);
        await Store.Journal.Append(Append(Boiler, 2, Recorded(2, 3)), default);

        Assert.Equal([3], (await Read(Boiler, 2)).Select(journaled => journaled.Version));
        Assert.Equal([2, 3], (await Read(Boiler, 1)).Select(journaled => journaled.Version));
    }

    [Fact]
    public async Task A_cancelled_append_stores_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), new CancellationToken(canceled: true)));

        Assert.Empty(await Read(Boiler, 0));
    }

    private ValueTask<List<JournaledEvent>> Read(DeviceId device, long after) => Store.Journal.Read(device, after, default).ToListAsync();
}
