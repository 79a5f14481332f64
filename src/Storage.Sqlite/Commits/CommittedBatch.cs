namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Tells the waiters of a commit, off the writer's thread: the next commit begins meanwhile.</summary>
internal sealed class CommittedBatch(WriteRequest[] requests, Exception? failure) : IThreadPoolWorkItem
{
    public void Execute()
    {
        foreach (var request in requests)
        {
            if (failure is null)
                request.Succeed();
            else
                request.Fail(failure);
        }
    }
}
