using OrleansIot.GatewayAlone;
using OrleansIot.TestKit.Peers;

if (args is [GatewayHost.Verb, .. var settings])
    return await GatewayHost.Run(settings);

var options = BenchOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine($"gateway-alone {BenchOptions.Usage}");
    return 2;
}

if (Installed.Find("mosquitto") is null)
    Console.WriteLine("NOT COMPARED: mosquitto is not installed (apt-get install mosquitto).");

return options.Idle is { } connections ? await IdleRun.Run(options, connections) : await CaseRun.Run(options);
