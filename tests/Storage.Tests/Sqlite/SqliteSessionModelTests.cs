using OrleansIot.Storage.Tests.Sessions;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class SqliteSessionModelTests() : SessionModelTests(runs: 100)
{
    protected override ISessionsUnderTest New() => new SqliteSessions();
}
