using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Scenarios;

/// <summary>A scenario whose tests share one running system: what they send and define has names of its own in each.</summary>
public abstract class SharedScenario<TEdition>(SharedSystem<TEdition> shared, ITestOutputHelper output)
    : Scenario<TEdition>(output), IClassFixture<SharedSystem<TEdition>>, IAsyncLifetime
    where TEdition : IEdition, new()
{
    protected IRunningSystem Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await shared.Started();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
