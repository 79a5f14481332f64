using OrleansIot.Scenarios;
using OrleansIot.Scenarios.Editions;

namespace OrleansIot.EndToEnd.Tests.Standalone;

public sealed class FirstMessage(SharedSystem<StandaloneEdition> shared, ITestOutputHelper output) : FirstMessage<StandaloneEdition>(shared, output);

public sealed class OneAlert(ITestOutputHelper output) : OneAlert<StandaloneEdition>(output);

public sealed class PulledPlug(ITestOutputHelper output) : PulledPlug<StandaloneEdition>(output);

public sealed class HostileTraffic(SharedSystem<StandaloneEdition> shared, ITestOutputHelper output) : HostileTraffic<StandaloneEdition>(shared, output);

public sealed class DashboardInTheBrowser(SharedSystem<StandaloneEdition> shared, ITestOutputHelper output) : DashboardInTheBrowser<StandaloneEdition>(shared, output);
