using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.DeviceAgent.Demo;
using OrleansIot.DeviceAgent.Tests.Collectors;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceAgent.Tests.Demo;

public sealed class DemoFleetTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Devices_are_named_by_kind_and_number()
    {
        Assert.Equal(
            ["demo-boiler-1", "demo-pump-1", "demo-meter-1", "demo-meter-2", "demo-pump-2", "demo-meter-3", "demo-boiler-2", "demo-meter-4", "demo-pump-3", "demo-meter-5", "demo-boiler-3", "demo-pump-4"],
            Fleet(12, seed: 1).DeviceIds);
    }

    [Fact]
    public void One_seed_is_one_fleet() =>
        Assert.Equal(Reports(Fleet(10, seed: 7), seconds: 300), Reports(Fleet(10, seed: 7), seconds: 300));

    [Fact]
    public void Another_seed_is_another_fleet() =>
        Assert.NotEqual(Reports(Fleet(10, seed: 7), seconds: 30), Reports(Fleet(10, seed: 8), seconds: 30));

    [Fact]
    public void The_first_boiler_is_fine_at_first_and_soon_too_hot()
    {
        var temperatures = Metrics(Fleet(50, seed: 3).Devices[0].Device, seconds: 100).Select(metrics => metrics["temperature"]).ToArray();

        Assert.All(temperatures[..6], temperature => Assert.InRange(temperature, 50, 80));
        Assert.Contains(temperatures, temperature => temperature > 85);
    }

    [Fact]
    public void Over_an_hour_most_of_a_fleet_is_well_most_of_the_time_and_something_happens_to_it()
    {
        var pumps = Fleet(50, seed: 2).Devices.Where(entry => entry.Device is Pump)
            .SelectMany(entry => Metrics(entry.Device, seconds: 3_600)).ToArray();

        var failing = pumps.Count(metrics => metrics["vibration"] > 7.1);

        Assert.InRange(failing, 1, pumps.Length / 20);
        Assert.All(pumps, metrics => Assert.InRange(metrics["flow"], 1, 50));
    }

    [Fact]
    public void Now_and_then_a_device_drops_out_for_a_minute_or_two()
    {
        var fleet = Fleet(50, seed: 4);
        var away = Enumerable.Range(0, 3_600).Select(second => fleet.Devices.Count(entry => entry.DropOuts.IsOngoing(TimeSpan.FromSeconds(second)))).ToArray();

        Assert.Equal(0, away[..60].Max());
        Assert.InRange(away.Max(), 1, 6);
        Assert.Contains(0, away[60..]);
    }

    [Fact]
    public async Task The_fleet_speaks_to_a_real_broker()
    {
        await using var broker = await Mosquitto.Start();
        await using var subscription = await MosquittoSubscription.To(broker, "dt/devices/+/telemetry");
        using var stop = new CancellationTokenSource();
        var options = new DemoFleetOptions
        {
            Broker = { Port = broker.Port },
            Devices = 10,
            ShortestInterval = TimeSpan.FromMilliseconds(50),
            LongestInterval = TimeSpan.FromMilliseconds(100),
        };
        var fleet = new DemoFleet(options, TimeProvider.System, NullLogger<DemoFleet>.Instance);
        var running = fleet.RunAsync(stop.Token);

        var silent = fleet.DeviceIds.ToHashSet();
        while (silent.Count > 0)
            silent.Remove((await subscription.Next($"a message of {string.Join(", ", silent)}")).Topic.Split('/')[2]);

        await stop.CancelAsync();
        await running.Within("the fleet's end");
    }

    [Fact]
    public async Task A_device_that_drops_out_says_no_goodbye()
    {
        await using var broker = await Mosquitto.Start();
        using var stop = new CancellationTokenSource();
        var options = new DemoFleetOptions { Broker = { Port = broker.Port }, ShortestInterval = TimeSpan.FromMilliseconds(20), LongestInterval = TimeSpan.FromMilliseconds(20) };
        var random = new Random(1);
        var calm = new Episodes(random, TimeSpan.FromDays(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var dropOuts = new Episodes(random, TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1), first: TimeSpan.FromSeconds(0.5));
        var goodbye = broker.Says("closed its connection");

        var running = new DemoUplink(
            new Boiler("boiler-1", random, calm), dropOuts, random, options, TimeProvider.System, TimeProvider.System.GetTimestamp(), NullLogger.Instance).RunAsync(stop.Token);
        await goodbye;

        await stop.CancelAsync();
        await running.Within("the device's end");
    }

    private static DemoFleet Fleet(int devices, int seed) =>
        new(new DemoFleetOptions { Devices = devices, Seed = seed }, TimeProvider.System, NullLogger<DemoFleet>.Instance);

    private static List<string> Reports(DemoFleet fleet, int seconds) =>
        [.. fleet.Devices.SelectMany(entry => Messages(entry.Device, seconds)).Select(Encoding.UTF8.GetString)];

    private static IEnumerable<Dictionary<string, double>> Metrics(SimulatedDevice device, int seconds) =>
        Messages(device, seconds).Select(CapturedHost.Numbers);

    private static IEnumerable<byte[]> Messages(SimulatedDevice device, int seconds)
    {
        using var message = new MetricMessage();
        for (var second = 0; second < seconds; second += 3)
        {
            message.Begin(Noon, "", 0);
            device.Report(message, Noon.AddSeconds(second), TimeSpan.FromSeconds(second));
            yield return message.Complete();
        }
    }
}
