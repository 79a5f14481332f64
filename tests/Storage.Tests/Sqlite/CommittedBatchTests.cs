using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class CommittedBatchTests
{
    [Fact]
    public async Task A_waiter_that_blocks_holds_up_none_of_the_others()
    {
        using var release = new ManualResetEventSlim();
        var waiters = Enumerable.Range(0, 100).Select(i => new Waiter(i is 0 or 50 ? release.Wait : () => { })).ToArray();

        new CommittedBatch([.. waiters], failure: null).Queue();
        await Task.WhenAll(waiters.Where((_, i) => i is not (0 or 50)).Select(waiter => waiter.Told)).Within("those that do not block");

        Assert.False(waiters[0].Told.IsCompleted || waiters[50].Told.IsCompleted);
        release.Set();
        await Task.WhenAll(waiters[0].Told, waiters[50].Told).Within("those that blocked");
    }

    [Fact]
    public async Task Each_is_told_once_and_why_it_failed()
    {
        var waiters = Enumerable.Range(0, 100).Select(_ => new Waiter(() => { })).ToArray();
        var failure = new IOException("no");

        new CommittedBatch([.. waiters], failure).Queue();

        foreach (var waiter in waiters)
            Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => waiter.Told.Within("a waiter")));
    }

    private sealed class Waiter(Action onTold) : WriteRequest
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => _told.Task;

        public override void Succeed()
        {
            onTold();
            _told.SetResult(); // throws when it is told twice
        }

        public override void Fail(Exception failure)
        {
            onTold();
            _told.SetException(failure);
        }
    }
}
