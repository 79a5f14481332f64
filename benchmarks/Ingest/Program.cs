using System.Globalization;
using OrleansIot.Ingest;
using OrleansIot.UnderLoad;

if (args is ["--twins", var count, .. var rest] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var twins) && rest is [] or ["--per-twin", _])
{
    await FleetRun.Run(twins, rest is [_, var each] ? int.Parse(each, CultureInfo.InvariantCulture) : 130, rules: 20);
    return 0;
}

// Installed by npm beside this, never part of it: see the README.
string? nodeRed = null;
if (args is [.. var load, "--node-red", var folder])
    (args, nodeRed) = (load, folder);

var options = LoadOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine($"ingest {LoadOptions.Usage} [--node-red folder]\ningest --twins 100000 [--per-twin 130]");
    return 2;
}

var systems = new List<Func<Task<SystemUnderLoad>>> { () => HostUnderLoad.Start("OrleansIot Standalone", "Standalone", options.Rules, "--Agent:Enabled=false") };
if (MosquittoUnderLoad.IsInstalled)
    systems.Add(MosquittoUnderLoad.Start);
else
    Console.WriteLine("NOT COMPARED: mosquitto is not installed (apt-get install mosquitto mosquitto-clients).");

if (nodeRed is not null)
    systems.Add(() => NodeRedUnderLoad.Start(nodeRed));

var measurements = await Rounds.Run(options, systems);
Console.WriteLine();
Console.WriteLine(LoadReport.Table(measurements));
return measurements.All(measurement => measurement.Complete) ? 0 : 1;
