using OrleansIot.Scenarios;
using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

public sealed class FirstMessage(SharedSystem<ThreeSilosEdition> shared, ITestOutputHelper output) : FirstMessage<ThreeSilosEdition>(shared, output);

public sealed class OneAlert(ITestOutputHelper output) : OneAlert<ThreeSilosEdition>(output);

public sealed class PulledPlug(ITestOutputHelper output) : PulledPlug<ThreeSilosEdition>(output);

public sealed class HostileTraffic(SharedSystem<ThreeSilosEdition> shared, ITestOutputHelper output) : HostileTraffic<ThreeSilosEdition>(shared, output);

public sealed class SigningIn(ITestOutputHelper output) : SigningIn<ThreeSilosEdition>(output);

public sealed class DashboardInTheBrowser(SharedSystem<ThreeSilosEdition> shared, ITestOutputHelper output) : DashboardInTheBrowser<ThreeSilosEdition>(shared, output);
