using OrleansIot.Cluster;
using OrleansIot.TestKit.Peers;
using OrleansIot.UnderLoad;

var options = LoadOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine($"cluster {LoadOptions.Usage}");
    return 2;
}

await InProcess.Run(options.Rounds);
Console.WriteLine();

var measurements = await Rounds.Run(options,
[
    () => HostUnderLoad.Start("one silo", "Silo", options.Rules, $"--Cluster:SiloPort={FreePort.Find()}", $"--Cluster:GatewayPort={FreePort.Find()}"),
    () => HostUnderLoad.Start("Standalone", "Standalone", options.Rules, "--Agent:Enabled=false"),
]);
Console.WriteLine();
Console.WriteLine(LoadReport.Table(measurements));
return measurements.All(measurement => measurement.Complete) ? 0 : 1;
