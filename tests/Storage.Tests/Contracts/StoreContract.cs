namespace OrleansIot.Storage.Tests.Contracts;

/// <summary>What every store must do, whatever it is made of. One suite per port, run on each store.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected StorePorts Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await Open();

    public async ValueTask DisposeAsync() => await Close();

    protected abstract ValueTask<StorePorts> Open();

    protected virtual ValueTask Close() => ValueTask.CompletedTask;
}
