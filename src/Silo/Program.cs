using OrleansIot.Hosting;
using OrleansIot.Silo;

return await HostProgram.Run(() => SiloHost.Build(args));
