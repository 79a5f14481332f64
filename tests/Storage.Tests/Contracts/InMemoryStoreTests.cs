using OrleansIot.TestKit.Storage;

namespace OrleansIot.Storage.Tests.Contracts;

/// <summary>TestKit's store passes what the real ones pass.</summary>
public static class InMemoryStoreTests
{
    public sealed class Journal : JournalContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    public sealed class Snapshots : SnapshotContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    public sealed class Alerts : AlertBookContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    public sealed class Rules : RuleStoreContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    public sealed class Outbox : OutboxContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    public sealed class History : HistoryContract
    {
        protected override ValueTask<StorePorts> Open() => OpenInMemory();
    }

    private static ValueTask<StorePorts> OpenInMemory() => ValueTask.FromResult(StorePorts.Of(new InMemoryStore()));
}
