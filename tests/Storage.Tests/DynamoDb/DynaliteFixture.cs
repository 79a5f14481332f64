using OrleansIot.TestKit.Peers;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>One server for the tests of a class; each test has tables of its own in it.</summary>
public sealed class DynaliteFixture : IAsyncLifetime
{
    private Dynalite? _server;

    /// <summary>Skips the test where there is none.</summary>
    public Dynalite Server
    {
        get
        {
            Dynalite.Require();
            return _server!;
        }
    }

    public async ValueTask InitializeAsync() => _server = Dynalite.IsInstalled ? await Dynalite.Start() : null;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
