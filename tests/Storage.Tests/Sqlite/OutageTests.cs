using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class OutageTests
{
    private static readonly StoreException Full = new("full", isTransient: true) { Code = "store.full" };
    private static readonly StoreException Busy = new("busy", isTransient: true) { Code = "store.busy" };

    private readonly ManualTime _time = new();
    private readonly Outage _outage;

    public OutageTests() => _outage = new Outage(_time);

    [Fact]
    public void Probes_come_at_twice_the_distance_each_up_to_five_seconds()
    {
        var pauses = Enumerable.Range(0, 7).Select(_ =>
        {
            _outage.Failed(Full);
            return _outage.UntilProbe.TotalSeconds;
        });

        Assert.Equal([0.25, 0.5, 1, 2, 4, 5, 5], pauses);
    }

    [Fact]
    public void An_outage_that_comes_back_at_once_is_probed_where_it_left_off_and_one_that_comes_later_anew()
    {
        _outage.Failed(Full);
        _outage.Failed(Full);
        _outage.Ended();
        _outage.Failed(Full);
        Assert.Equal(1, _outage.UntilProbe.TotalSeconds);

        _outage.Ended();
        _time.Advance(TimeSpan.FromMinutes(2));
        _outage.Failed(Full);
        Assert.Equal(0.25, _outage.UntilProbe.TotalSeconds);
    }

    [Fact]
    public void Only_what_is_new_is_news()
    {
        Assert.True(_outage.Failed(Full));
        Assert.False(_outage.Failed(Full));
        Assert.True(_outage.Failed(Busy));
        _outage.Ended();
        Assert.True(_outage.Failed(Busy));
    }

    [Fact]
    public void A_busy_file_is_tried_each_time_and_a_full_disk_is_not()
    {
        _outage.Failed(Busy);
        Assert.False(_outage.Refuses);

        _outage.Failed(Full);
        Assert.True(_outage.Refuses);
        Assert.False(_outage.IsProbeDue);
        _time.Advance(_outage.UntilProbe);
        Assert.True(_outage.IsProbeDue);
    }
}
