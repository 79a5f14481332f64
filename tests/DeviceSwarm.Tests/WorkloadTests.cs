namespace OrleansIot.DeviceSwarm.Tests;

public sealed class WorkloadTests
{
    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(7, 3, 100)]
    [InlineData(10, 10, 4)]
    [InlineData(100, 7, 12_345)]
    public void All_devices_get_the_same_number_of_messages_give_or_take_one(int devices, int connections, int messages)
    {
        var options = new SwarmOptions { Devices = devices, Connections = connections, Messages = messages };
        var taken = new List<SwarmMessage>();
        for (var connection = 0; connection < connections; connection++)
        {
            var work = new Workload(options, connection, ticksPerSecond: 1_000);
            while (!work.IsOver(now: 0))
                taken.Add(work.Take(0));
        }

        Assert.Equal(messages, taken.Count);
        foreach (var device in taken.GroupBy(message => message.Device))
        {
            Assert.InRange(device.Count(), messages / devices, (messages / devices) + 1);
            Assert.Equal(Enumerable.Range(1, device.Count()).Select(n => (long)n), device.Select(message => message.Sequence));
        }
    }

    [Fact]
    public void A_rate_is_shared_by_the_connections_and_they_take_turns()
    {
        var options = new SwarmOptions { Devices = 4, Connections = 2, Rate = 10 };
        var due = Enumerable.Range(0, 2).SelectMany(connection =>
        {
            var work = new Workload(options, connection, ticksPerSecond: 1_000);
            work.Start(now: 5_000);
            return Enumerable.Range(0, 3).Select(_ =>
            {
                var next = work.NextDue;
                work.Take(0);
                return next;
            }).ToArray();
        });

        Assert.Equal([5_000, 5_100, 5_200, 5_300, 5_400, 5_500], due.Order());
    }

    [Fact]
    public void A_duration_ends_the_work()
    {
        var work = new Workload(new SwarmOptions { Messages = null, Duration = TimeSpan.FromSeconds(2) }, 0, ticksPerSecond: 1_000);
        work.Start(now: 5_000);

        Assert.False(work.IsOver(6_999));
        Assert.True(work.IsOver(7_000));
    }
}
