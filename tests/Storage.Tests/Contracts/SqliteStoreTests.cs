using OrleansIot.Storage.Tests.Sqlite;

namespace OrleansIot.Storage.Tests.Contracts;

public static class SqliteStoreTests
{
    public sealed class Journal : JournalContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }

    public sealed class Snapshots : SnapshotContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }

    public sealed class Alerts : AlertBookContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }

    public sealed class Rules : RuleStoreContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }

    public sealed class Outbox : OutboxContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }

    public sealed class History : HistoryContract
    {
        private readonly StoreDirectory _directory = new();

        protected override async ValueTask<StorePorts> Open() => StorePorts.Of(await _directory.Open());

        protected override ValueTask Close() => _directory.DisposeAsync();
    }
}
