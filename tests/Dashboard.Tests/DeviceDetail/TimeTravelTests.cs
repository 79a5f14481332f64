using OrleansIot.Dashboard.DeviceDetail;
using OrleansIot.Domain;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Dashboard.Tests.DeviceDetail;

public sealed class TimeTravelTests
{
    private readonly ManualTime _time = new();
    private readonly TimeTravel _travel;

    public TimeTravelTests() => _travel = new TimeTravel(_time);

    private Instant Now => Instant.From(_time.GetUtcNow());

    [Fact]
    public void The_right_end_is_now_and_each_step_to_the_left_is_a_minute()
    {
        _travel.Open(null);
        Assert.Equal((_travel.Range.Steps, null), (_travel.Position, _travel.At));

        _travel.Seek(_travel.Range.Steps - 3);
        Assert.Equal(Now - TimeSpan.FromMinutes(3), _travel.At);

        _travel.Seek(_travel.Range.Steps);
        Assert.Null(_travel.At);
    }

    [Fact]
    public void The_moment_stands_still_while_time_passes()
    {
        _travel.Open(null);
        _travel.Seek(100);
        var at = _travel.At;
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal((100, at), (_travel.Position, _travel.At));
        _travel.Move(1);
        Assert.Equal(at + TimeSpan.FromMinutes(1), _travel.At);
    }

    [Fact]
    public void A_step_back_from_now_is_from_now_and_not_from_when_the_slider_was_opened()
    {
        _travel.Open(null);
        _time.Advance(TimeSpan.FromMinutes(10));

        _travel.Move(-1);

        Assert.Equal(Now - TimeSpan.FromMinutes(1), _travel.At);
    }

    [Fact]
    public void A_moment_in_an_address_opens_the_range_that_holds_it_and_stays_exact()
    {
        var at = Now - TimeSpan.FromDays(3) - TimeSpan.FromMilliseconds(333);

        _travel.Open(_travel.Read(at.ToString()));

        Assert.Equal(("7d", at), (_travel.Range.Name, _travel.At));
        Assert.InRange(_travel.Position, 1, _travel.Range.Steps - 1);
    }

    [Fact]
    public void A_shorter_range_brings_the_moment_in()
    {
        _travel.Open(Now - TimeSpan.FromHours(20));

        _travel.Choose(TravelRange.All[0]);

        Assert.Equal((Now - TimeSpan.FromHours(1), 0), (_travel.At, _travel.Position));
    }

    [Fact]
    public void What_is_to_come_or_is_no_time_is_now()
    {
        Assert.Null(_travel.Read(null));
        Assert.Null(_travel.Read("yesterday"));
        Assert.Null(_travel.Read((Now + TimeSpan.FromSeconds(1)).ToString()));
    }
}
