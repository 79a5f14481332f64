using System.Runtime.InteropServices;
using OrleansIot.DeviceAgent;

const int Ended = 0, WrongArguments = 2;

if (args is ["--help" or "-h"])
{
    Console.Write(AgentCommandLine.Usage);
    return Ended;
}

var (options, problems) = AgentCommandLine.Parse(args);
if (problems.Count > 0)
{
    foreach (var problem in problems)
        Console.Error.WriteLine(problem);

    return WrongArguments;
}

// A command line can be read by everybody on the machine.
options.Broker.Password ??= Environment.GetEnvironmentVariable("Broker__Password");

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

using var agent = new HardwareAgent(options, TimeProvider.System, new ConsoleLogger<HardwareAgent>(TimeProvider.System));
await agent.RunAsync(stop.Token);
return Ended;

void Stop(PosixSignalContext signal)
{
    // The agent still says goodbye to the broker.
    signal.Cancel = true;
    stop.Cancel();
}
