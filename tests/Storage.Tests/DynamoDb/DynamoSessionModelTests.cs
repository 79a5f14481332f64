using OrleansIot.Storage.Tests.Sessions;

namespace OrleansIot.Storage.Tests.DynamoDb;

// Fewer runs than in a file: each request goes over a socket.
public sealed class DynamoSessionModelTests(DynaliteFixture dynalite) : SessionModelTests(runs: 12), IClassFixture<DynaliteFixture>
{
    protected override ISessionsUnderTest New() => new DynamoSessions(dynalite);

    protected override void Require() => _ = dynalite.Server;
}
