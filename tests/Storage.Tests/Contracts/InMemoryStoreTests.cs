using OrleansIot.Storage.Tests.Sessions;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Storage.Tests.Contracts;

/// <summary>TestKit's store passes what the real ones pass.</summary>
public static class InMemoryStoreTests
{
    public sealed class Journal() : JournalContract(new InMemory());

    public sealed class Snapshots() : SnapshotContract(new InMemory());

    public sealed class Past() : PastContract(new InMemory());

    public sealed class Alerts() : AlertBookContract(new InMemory());

    public sealed class Rules() : RuleStoreContract(new InMemory());

    public sealed class DeviceTypes() : DeviceTypeStoreContract(new InMemory());

    public sealed class Outbox() : OutboxContract(new InMemory());

    public sealed class History() : HistoryContract(new InMemory());

    public sealed class Sessions() : SessionStoreContract(new InMemorySessions());

    private sealed class InMemory : IStoreUnderTest
    {
        public ValueTask<StorePorts> Open() => ValueTask.FromResult(StorePorts.Of(new InMemoryStore()));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
