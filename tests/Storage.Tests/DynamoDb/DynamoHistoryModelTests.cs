using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.Tests.History;

namespace OrleansIot.Storage.Tests.DynamoDb;

// Fewer runs than in a file: each request goes over a socket.
public sealed class DynamoHistoryModelTests(DynaliteFixture dynalite) : HistoryModelTests(runs: 12), IClassFixture<DynaliteFixture>
{
    protected override IHistoryUnderTest New() => new Subject(new DynamoTables(dynalite));

    protected override void Require() => _ = dynalite.Server;

    private sealed class Subject(DynamoTables tables) : IHistoryUnderTest
    {
        private DynamoDbStore? _store;

        public async Task<StorePorts> Restarted()
        {
            if (_store is not null)
                await _store.DisposeAsync();

            return await Crashed();
        }

        // The process before is simply not heard of any more.
        public async Task<StorePorts> Crashed() => StorePorts.Of(_store = await tables.Open());

        public Task Settle() => _store!.Upkeep.Run(all: true, CancellationToken.None);

        public ValueTask DisposeAsync() => tables.DisposeAsync();
    }
}
