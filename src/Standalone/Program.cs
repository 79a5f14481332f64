using OrleansIot.Hosting;
using OrleansIot.Standalone;
using OrleansIot.Standalone.Commands;

return DataCommands.Include(args) ? DataCommands.Run(args) : await HostProgram.Run(() => StandaloneHost.Build(args));
