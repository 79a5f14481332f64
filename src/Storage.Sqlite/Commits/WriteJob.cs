using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Any write but an append: one transaction of its own.</summary>
internal abstract class WriteJob : WriteRequest
{
    public abstract void Write(SqliteDatabase database);

    /// <summary>On the writer's thread, before the asker is told.</summary>
    public virtual void Committed()
    {
    }

    public override void Succeed()
    {
    }
}

/// <param name="write">Within the transaction.</param>
/// <param name="committed">What memory must know before the asker goes on.</param>
internal sealed class WriteJob<T>(Func<SqliteDatabase, T> write, Action? committed) : WriteJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Done => _done.Task;

    public override void Write(SqliteDatabase database) => _result = write(database);

    public override void Committed() => committed?.Invoke();

    public override void Succeed() => _done.SetResult(_result!);

    public override void Fail(Exception failure) => _done.SetException(failure);
}
