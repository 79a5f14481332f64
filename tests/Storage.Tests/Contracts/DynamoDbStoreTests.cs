using OrleansIot.Storage.Tests.DynamoDb;
using OrleansIot.Storage.Tests.Sessions;

namespace OrleansIot.Storage.Tests.Contracts;

public static class DynamoDbStoreTests
{
    public sealed class Journal(DynaliteFixture dynalite) : JournalContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Snapshots(DynaliteFixture dynalite) : SnapshotContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Past(DynaliteFixture dynalite) : PastContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Alerts(DynaliteFixture dynalite) : AlertBookContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Rules(DynaliteFixture dynalite) : RuleStoreContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class DeviceTypes(DynaliteFixture dynalite) : DeviceTypeStoreContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Outbox(DynaliteFixture dynalite) : OutboxContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class History(DynaliteFixture dynalite) : HistoryContract(new DynamoTables(dynalite)), IClassFixture<DynaliteFixture>;

    public sealed class Sessions(DynaliteFixture dynalite) : SessionStoreContract(new DynamoSessions(dynalite)), IClassFixture<DynaliteFixture>;
}
