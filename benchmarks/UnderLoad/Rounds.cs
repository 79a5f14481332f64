using System.Globalization;

namespace OrleansIot.UnderLoad;

/// <summary>The same load on several systems in turn, several times, so that what else the machine does meets them alike.</summary>
public static class Rounds
{
    /// <param name="options">The load.</param>
    /// <param name="systems">Each starts one system, warm from nothing; the first is what the others are compared with.</param>
    /// <returns>One measurement per system and round.</returns>
    public static async Task<IReadOnlyList<Measurement>> Run(LoadOptions options, IReadOnlyList<Func<Task<SystemUnderLoad>>> systems)
    {
        Console.WriteLine(
            $"{options.Messages:N0} QoS 1 messages a round after {options.WarmUpMessages:N0} to warm up, {options.Devices:N0} devices on {options.Connections} connections, " +
            $"{options.PayloadBytes} bytes of JSON with 6 metrics, {options.Rules} rules for each; {options.Rounds} rounds, the systems in turn; medians. {Environment.ProcessorCount} cores, shared with the load.");

        var measurements = new List<Measurement>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var start in systems)
            {
                await using var system = await start();
                var load = options with { Messages = options.Messages / system.ShorterBy, WarmUpMessages = options.WarmUpMessages / system.ShorterBy };
                await SwarmRun.Run(load, system.Port, load.WarmUpMessages, rate: 0);
                await system.Finished(load.WarmUpMessages);
                var flatOut = await Measurement.Take(load, system);
                var half = await Measurement.TakePaced(load, system, flatOut.MessagesPerSecond / 2);
                measurements.Add(flatOut with { HalfLoadP50 = half.P50, HalfLoadP99 = half.P99 });
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  round {round}: {measurements[^1]}"));
            }
        }

        return measurements;
    }
}
