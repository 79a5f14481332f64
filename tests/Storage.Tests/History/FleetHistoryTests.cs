using OrleansIot.Application.History;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Tests.Sqlite;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

/// <summary>Many devices, on a store: against sums made by hand.</summary>
public sealed class FleetHistoryTests : IAsyncDisposable
{
    private const long Hour = 3_600_000;
    private const int Devices = 60;
    private const int Readings = 200;

    private readonly StoreDirectory _directory = new();

    [Theory]
    [InlineData(null)]
    [InlineData(HistoryResolution.Minute)]
    [InlineData(HistoryResolution.Day)]
    public async Task A_fleet_in_one_group_has_every_value_once(HistoryResolution? resolution)
    {
        var fleet = await Fleet();

        var series = await fleet.Query(new FleetSeriesQuery(Members("all"), Temperature, At(0), At(Readings * Hour), 24, resolution), default);

        var group = Assert.Single(series.Groups);
        Assert.Equal((Devices, new FleetValue(0, Devices - 1 + Readings - 1, Sum(), Devices * Readings)), (group.Devices, group.Whole));
        Assert.Equal(group.Whole.Sum, group.Points.Sum(point => point.Value.Sum));
        Assert.InRange(group.Points.Length, 1, 24);
    }

    [Fact]
    public async Task The_top_are_the_greatest_with_all_their_points()
    {
        var fleet = await Fleet();

        var series = await fleet.Query(
            new FleetSeriesQuery(Members(null), Temperature, At(0), At(Readings * Hour), 50, Top: 3, Order: new FleetOrder(FleetAggregate.Greatest)), default);

        Assert.Equal([Name(59), Name(58), Name(57)], series.Groups.Select(group => DeviceId.Parse(group.Name)));
        Assert.All(series.Groups, group => Assert.Equal(Readings, group.Points.Sum(point => point.Value.Count)));
    }

    [Fact]
    public async Task More_points_than_an_answer_may_have_are_refused()
    {
        var fleet = await Fleet();
        var query = new FleetSeriesQuery([.. Enumerable.Range(0, 9_000).Select(i => new FleetMember(Name(i % Devices), $"group-{i}"))], Temperature, At(0), At(Readings * Hour), 200, HistoryResolution.Hour);

        await Assert.ThrowsAsync<SeriesTooLongException>(() => fleet.Query(query, default));
    }

    [Fact]
    public async Task It_ends_when_nobody_waits_for_it_any_more()
    {
        var fleet = await Fleet();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fleet.Query(new FleetSeriesQuery(Members(null), Temperature, At(0), At(Hour), 10), new CancellationToken(canceled: true)));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private static DeviceId Name(int device) => DeviceId.Parse($"device-{device:00}");

    private static double Sum() => Enumerable.Range(0, Devices).Sum(device => Enumerable.Range(0, Readings).Sum(hour => (double)(device + hour)));

    private static FleetMember[] Members(string? group) => [.. Enumerable.Range(0, Devices).Select(device => new FleetMember(Name(device), group ?? Name(device).Value))];

    private async Task<FleetHistory> Fleet()
    {
        var store = await _directory.Open();
        for (var device = 0; device < Devices; device++)
            await store.Journal.Append(Append(Name(device), 0, [.. Enumerable.Range(0, Readings).Select(hour => Recorded(hour * Hour, device + hour))]), default);

        return new FleetHistory((await _directory.Open()).History);
    }
}
