using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class PacedUpkeepTests
{
    private readonly ManualTime _time = new();
    private readonly Upkeep _kind = new();

    [Theory]
    [InlineData(3, 12)]
    [InlineData(0, 0)]
    [InlineData(10_000, 200)]
    public void It_rests_four_times_as_long_as_it_worked_up_to_a_limit(int worked, int rests)
    {
        var upkeep = new PacedUpkeep(_kind, _time);
        Assert.True(upkeep.Rest <= TimeSpan.Zero);

        upkeep.Run(_ => _time.Advance(TimeSpan.FromMilliseconds(worked)));

        Assert.Equal(TimeSpan.FromMilliseconds(rests), upkeep.Rest);
        _time.Advance(TimeSpan.FromMilliseconds(rests));
        Assert.True(upkeep.Rest <= TimeSpan.Zero);
    }

    [Fact]
    public void What_has_fallen_behind_does_not_rest()
    {
        var upkeep = new PacedUpkeep(_kind, _time);
        upkeep.Run(_ => _time.Advance(TimeSpan.FromMilliseconds(3)));

        _kind.IsPressing = true;

        Assert.Equal(TimeSpan.Zero, upkeep.Rest);
    }

    private sealed class Upkeep : IUpkeep
    {
        public bool IsDue => true;

        public bool IsPressing { get; set; }

        public WriteJob NextJob() => new Nothing();
    }

    private sealed class Nothing : WriteJob
    {
        public override void Write(SqliteDatabase database)
        {
        }

        public override void Fail(Exception failure)
        {
        }
    }
}
