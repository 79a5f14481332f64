using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.Tests.Sqlite;

namespace OrleansIot.Storage.Tests.Sessions;

internal sealed class SqliteSessions : ISessionsUnderTest
{
    private readonly StoreDirectory _directory = new();

    public async ValueTask<ISessionStore> Open() => (await _directory.Open()).Sessions;

    public async Task WhileWritesFail(Func<Task> act)
    {
        // In the midst of a transaction: what comes before it has been written by then.
        _directory.Execute("CREATE TRIGGER refuse BEFORE INSERT ON retained BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await act();
        _directory.Execute("DROP TRIGGER refuse");
    }

    public ValueTask<int> Messages() => ValueTask.FromResult((int)_directory.Number("SELECT count(*) FROM message"));

    public ValueTask DisposeAsync() => _directory.DisposeAsync();
}
