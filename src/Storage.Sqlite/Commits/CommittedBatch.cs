namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>
/// Tells the waiters of a commit, off the writer's thread: the next commit begins meanwhile. Several threads of the pool share the
/// work, one waiter after the other, and each sees to it that there is a further one: an owner that blocks in its own continuation
/// never holds up the others, and none costs a turn in the pool's queue of its own.
/// </summary>
internal sealed class CommittedBatch(WriteRequest[] requests, Exception? failure) : IThreadPoolWorkItem
{
    private int _taken;

    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        for (var isFirst = true; Interlocked.Increment(ref _taken) is var taken && taken <= requests.Length; isFirst = false)
        {
            if (isFirst && taken < requests.Length)
                Queue();

            if (failure is null)
                requests[taken - 1].Succeed();
            else
                requests[taken - 1].Fail(failure);
        }
    }
}
