using OrleansIot.Application.Sessions.Ports;

namespace OrleansIot.Storage.Tests.Sessions;

/// <summary>A store of sessions for one test.</summary>
public interface ISessionsUnderTest : IAsyncDisposable
{
    /// <summary>The store; each time after the first, as the process finds it that was started again.</summary>
    ValueTask<ISessionStore> Open();

    /// <summary>Writes fail in their midst as long as the act lasts.</summary>
    Task WhileWritesFail(Func<Task> act);

    /// <summary>How many bodies of owed messages are stored.</summary>
    ValueTask<int> Messages();
}
