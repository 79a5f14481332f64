using OrleansIot.Hosting;
using OrleansIot.Silo;
using OrleansIot.Silo.Clustering;

return await HostProgram.Run(() => SiloHost.Build(args), ClusterFaults.Explain);
