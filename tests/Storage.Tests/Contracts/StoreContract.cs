namespace OrleansIot.Storage.Tests.Contracts;

/// <summary>What every store must do, whatever it is made of. One suite per port, run on each store.</summary>
public abstract class StoreContract(IStoreUnderTest store) : IAsyncLifetime
{
    protected StorePorts Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await store.Open();

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

/// <summary>A store for one test.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    ValueTask<StorePorts> Open();
}
