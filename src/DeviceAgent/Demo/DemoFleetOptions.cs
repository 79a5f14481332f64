namespace OrleansIot.DeviceAgent.Demo;

/// <summary>A simulated fleet to look at: boilers, pumps and meters with something to see.</summary>
public sealed class DemoFleetOptions
{
    /// <summary>The broker to send to.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>Devices, each with a connection of its own, 1 to 10,000. Default 50.</summary>
    public int Devices { get; set; } = 50;

    /// <summary>Decides everything the devices do. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Shortest time between two readings of a device. Default 2 s.</summary>
    public TimeSpan ShortestInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time between two readings of a device. Default 5 s.</summary>
    public TimeSpan LongestInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often, on average, some device of the fleet leaves its normal range for one to three minutes. Default 90 s, so that
    /// one or two always do. The first boiler does so after 20 s: a newcomer sees an alert without waiting.
    /// </summary>
    public TimeSpan ExcursionEvery { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How often, on average, some device of the fleet vanishes without a word for one to two minutes. Default 3 min.</summary>
    public TimeSpan DropOutEvery { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>What is wrong with these options, one sentence each with the mend; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. Broker.Problems()];
        if (Devices is < 1 or > 10_000)
            problems.Add($"Demo:Devices is {Devices}. Give a number from 1 to 10000.");

        if (ShortestInterval < TimeSpan.FromMilliseconds(10) || LongestInterval < ShortestInterval)
            problems.Add($"Demo:ShortestInterval {ShortestInterval} and Demo:LongestInterval {LongestInterval} are no range. Give e.g. 00:00:02 and 00:00:05.");

        if (ExcursionEvery <= TimeSpan.Zero)
            problems.Add($"Demo:ExcursionEvery is {ExcursionEvery}. Give a time such as 00:01:30.");

        if (DropOutEvery <= TimeSpan.Zero)
            problems.Add($"Demo:DropOutEvery is {DropOutEvery}. Give a time such as 00:03:00.");

        return problems;
    }
}
