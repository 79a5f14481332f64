using OrleansIot.Hosting;
using OrleansIot.Standalone;

return await HostProgram.Run(() => StandaloneHost.Build(args));
