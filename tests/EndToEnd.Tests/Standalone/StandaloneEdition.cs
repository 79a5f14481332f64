using OrleansIot.Scenarios.Editions;

namespace OrleansIot.EndToEnd.Tests.Standalone;

public sealed class StandaloneEdition : IEdition
{
    public string Name => "Standalone";

    // SQLite takes ten times as much; the kill has to come while there is still something to send.
    public Load Load { get; } = new(Devices: 200, Messages: 20_000, Rate: 10_000);

    public async Task<IRunningSystem> Start(params string[] settings) => await StandaloneSystem.Start(settings);
}
