using OrleansIot.Ingest;
using OrleansIot.UnderLoad;

var options = LoadOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine($"ingest {LoadOptions.Usage}");
    return 2;
}

var systems = new List<Func<Task<SystemUnderLoad>>> { () => HostUnderLoad.Start("OrleansIot Standalone", "Standalone", "--Agent:Enabled=false") };
if (MosquittoUnderLoad.IsInstalled)
    systems.Add(MosquittoUnderLoad.Start);
else
    Console.WriteLine("NOT COMPARED: mosquitto is not installed (apt-get install mosquitto mosquitto-clients).");

var measurements = await Rounds.Run(options, systems);
Console.WriteLine();
Console.WriteLine(LoadReport.Table(measurements));
return measurements.All(measurement => measurement.Complete) ? 0 : 1;
