using OrleansIot.Scenarios;
using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Cluster.Tests.TestingHost;

public sealed class FirstMessage(SharedSystem<TestingHostEdition> shared, ITestOutputHelper output) : FirstMessage<TestingHostEdition>(shared, output);

public sealed class OneAlert(ITestOutputHelper output) : OneAlert<TestingHostEdition>(output);

public sealed class PulledPlug(ITestOutputHelper output) : PulledPlug<TestingHostEdition>(output);

public sealed class HostileTraffic(SharedSystem<TestingHostEdition> shared, ITestOutputHelper output) : HostileTraffic<TestingHostEdition>(shared, output);

public sealed class SigningIn(ITestOutputHelper output) : SigningIn<TestingHostEdition>(output);

public sealed class DashboardInTheBrowser(SharedSystem<TestingHostEdition> shared, ITestOutputHelper output) : DashboardInTheBrowser<TestingHostEdition>(shared, output);

public sealed class ManyEntries(SharedSystem<TestingHostEdition> shared, ITestOutputHelper output) : ManyEntries<TestingHostEdition>(shared, output);
