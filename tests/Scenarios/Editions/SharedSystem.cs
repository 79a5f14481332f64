namespace OrleansIot.Scenarios.Editions;

/// <summary>Starts with the first test that asks for it and not before, so that a test can skip where a peer of the edition is missing.</summary>
public sealed class SharedSystem<TEdition> : IAsyncDisposable
    where TEdition : IEdition, new()
{
    private Task<IRunningSystem>? _started;

    // Once: where a start fails, the other tests fail for the same reason and not each after a time limit of its own.
    public Task<IRunningSystem> Started() => _started ??= new TEdition().Start();

    public async ValueTask DisposeAsync()
    {
        if (_started is { IsCompletedSuccessfully: true })
            await (await _started).DisposeAsync();
    }
}
