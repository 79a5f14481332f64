namespace OrleansIot.Storage.Sqlite.Outbox;

/// <summary>Rings when a commit has added messages.</summary>
internal sealed class MessagesAdded
{
    private TaskCompletionSource _next = NewBell();

    /// <summary>Completes with the next commit that adds any.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Ring() => Interlocked.Exchange(ref _next, NewBell()).SetResult();

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
