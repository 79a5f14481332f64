using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Storage.Tests.Sessions;

internal sealed class InMemorySessions : ISessionsUnderTest
{
    private readonly InMemorySessionStore _store = new();

    public ValueTask<ISessionStore> Open() => ValueTask.FromResult<ISessionStore>(_store);

    public Task WhileWritesFail(Func<Task> act)
    {
        _store.FailNext(new StoreException("The disk is full.", isTransient: true));
        return act();
    }

    public async ValueTask<int> Messages() =>
        (await _store.Load(default)).Sessions.SelectMany(session => session.Owed).Select(owed => owed.Message).Distinct(ReferenceEqualityComparer.Instance).Count();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
