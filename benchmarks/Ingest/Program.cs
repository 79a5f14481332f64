using System.Globalization;
using OrleansIot.Ingest;

var options = IngestOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(IngestOptions.Usage);
    return 2;
}

Console.WriteLine(
    $"{options.Messages:N0} QoS 1 messages a round, {options.Devices:N0} devices on {options.Connections} connections, {options.PayloadBytes} bytes of JSON with 6 metrics; " +
    $"{options.Rounds} rounds, the systems in turn; medians. {Environment.ProcessorCount} cores, shared with the load.");

var systems = new List<Func<Task<SystemUnderLoad>>> { StandaloneUnderLoad.Start };
if (MosquittoUnderLoad.IsInstalled)
    systems.Add(MosquittoUnderLoad.Start);
else
    Console.WriteLine("NOT COMPARED: mosquitto is not installed (apt-get install mosquitto mosquitto-clients).");

var measurements = new List<Measurement>();
for (var round = 1; round <= options.Rounds; round++)
{
    foreach (var start in systems)
    {
        await using var system = await start();
        await SwarmRun.Run(options, system.Port, options.WarmUpMessages, rate: 0);
        var flatOut = await Measurement.Take(options, system, rate: 0);
        var half = await Measurement.Take(options, system, rate: flatOut.MessagesPerSecond / 2);
        measurements.Add(flatOut with { HalfLoadP50 = half.P50, HalfLoadP99 = half.P99 });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  round {round}: {measurements[^1]}"));
    }
}

Console.WriteLine();
Console.WriteLine(IngestReport.Table(measurements));
return measurements.All(measurement => measurement.Complete) ? 0 : 1;
