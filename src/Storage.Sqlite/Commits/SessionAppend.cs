using OrleansIot.Application.Sessions.Ports;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Changes of sessions on their way. Not pooled: one has the changes of many messages.</summary>
internal sealed class SessionAppend(IReadOnlyList<SessionChange> changes) : WriteRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<SessionChange> Changes => changes;

    public Task Done => _done.Task;

    public override void Succeed() => _done.SetResult();

    public override void Fail(Exception failure) => _done.SetException(failure);
}
