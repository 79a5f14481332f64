using OrleansIot.Storage.Tests.Sessions;
using OrleansIot.Storage.Tests.Sqlite;

namespace OrleansIot.Storage.Tests.Contracts;

public static class SqliteStoreTests
{
    public sealed class Journal() : JournalContract(new StoreDirectory());

    public sealed class Snapshots() : SnapshotContract(new StoreDirectory());

    public sealed class Past() : PastContract(new StoreDirectory());

    public sealed class Alerts() : AlertBookContract(new StoreDirectory());

    public sealed class Rules() : RuleStoreContract(new StoreDirectory());

    public sealed class DeviceTypes() : DeviceTypeStoreContract(new StoreDirectory());

    public sealed class Outbox() : OutboxContract(new StoreDirectory());

    public sealed class History() : HistoryContract(new StoreDirectory());

    public sealed class Sessions() : SessionStoreContract(new SqliteSessions());
}
