using OrleansIot.Storage.Tests.History;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class SqliteHistoryModelTests() : HistoryModelTests(runs: 40)
{
    private static readonly TimeSpan LongerThanABufferWaits = TimeSpan.FromMinutes(6);

    protected override IHistoryUnderTest New() => new Subject();

    private sealed class Subject : IHistoryUnderTest
    {
        private StoreDirectory _directory = new();

        public async Task<StorePorts> Restarted() => StorePorts.Of(await _directory.Open());

        public async Task<StorePorts> Crashed()
        {
            var crashed = _directory;
            _directory = await crashed.AfterCrash();
            await crashed.DisposeAsync();
            return await Restarted();
        }

        public Task Settle()
        {
            _directory.Time.Advance(LongerThanABufferWaits);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => _directory.DisposeAsync();
    }
}
