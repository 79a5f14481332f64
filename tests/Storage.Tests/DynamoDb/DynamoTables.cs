using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.Tests.Contracts;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>Tables for one test, and the processes ("silos") that have them open.</summary>
public sealed class DynamoTables(DynaliteFixture dynalite) : IStoreUnderTest
{
    private readonly List<DynamoDbStore> _open = [];

    public string Prefix { get; } = $"t{Guid.NewGuid():N}-";

    internal DynamoDbOptions Options(Action<DynamoDbOptions>? change = null)
    {
        var options = new DynamoDbOptions { ServiceUrl = dynalite.Server.Url, AccessKey = "test", SecretKey = "test", TablePrefix = Prefix };
        change?.Invoke(options);
        return options;
    }

    /// <summary>A process of its own: nothing is shared with the others but the tables.</summary>
    internal async ValueTask<DynamoDbStore> Open(TimeProvider? time = null, Action<DynamoDbOptions>? change = null)
    {
        var store = new DynamoDbStore(Options(change), time ?? TimeProvider.System, NullLogger.Instance);
        _open.Add(store);
        await store.Open(CancellationToken.None);
        return store;
    }

    async ValueTask<StorePorts> IStoreUnderTest.Open() => StorePorts.Of(await Open());

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
    }
}
