using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class PresenceTests
{
    private static readonly TwinEvent[] Known = [Online(0), Recorded(0, 20), FellSilent(100)];
    private static readonly TwinEvent[] Connected = [.. Known, Online(200, session: 1)];

    [Fact]
    public void A_connection_alone_makes_no_device() =>
        new Story().When(Connects(0, session: 1)).ThenNothing().When(Disconnects(1, session: 1)).ThenNothing().When(Review(2)).ThenNothing();

    [Fact]
    public void The_first_reading_of_a_connection_that_came_before_it_takes_the_connection_up() =>
        new Story().When(Connects(0, session: 1)).When(Reports(1, 20, session: 1)).Then(Online(1, session: 1), Recorded(1, 20))
            .When(Disconnects(2, session: 1)).Then(Offline(2));

    [Fact]
    public void A_known_device_is_online_as_soon_as_it_connects()
    {
        var story = new Story().Given(Known).When(Connects(200, session: 1)).Then(Online(200, session: 1));

        Assert.Equal((DeviceStatus.Online, "connected", At(200)), (story.Twin.Status, story.Twin.StatusReason, story.Twin.StatusSince));
    }

    [Fact]
    public void A_connection_is_taken_up_once() =>
        new Story().Given(Connected).When(Connects(201, session: 1)).ThenNothing().When(Reports(202, 21, session: 1)).Then(Recorded(202, 21));

    [Fact]
    public void A_connection_that_closes_says_why_the_device_is_offline()
    {
        var story = new Story().Given(Connected).When(Disconnects(210, session: 1, "keep-alive timeout")).Then(Offline(210, "keep-alive timeout"));

        Assert.Equal((DeviceStatus.Offline, "keep-alive timeout", At(210)), (story.Twin.Status, story.Twin.StatusReason, story.Twin.StatusSince));
        Assert.Null(story.Twin.Session);
    }

    [Fact]
    public void A_connection_closes_once() =>
        new Story().Given(Connected).When(Disconnects(210, session: 1)).When(Disconnects(211, session: 1)).ThenNothing();

    [Fact]
    public void A_take_over_keeps_the_device_online_since_it_was()
    {
        var story = new Story().Given(Connected)
            .When(Connects(210, session: 2)).Then(Online(210, session: 2))
            .When(Disconnects(211, session: 1)).ThenNothing();

        Assert.Equal((DeviceStatus.Online, At(200)), (story.Twin.Status, story.Twin.StatusSince));
        story.When(Disconnects(212, session: 2)).Then(Offline(212));
    }

    [Fact]
    public void A_reading_still_on_its_way_from_the_old_connection_does_not_undo_the_take_over() =>
        new Story().Given(Connected).When(Connects(210, session: 2))
            .When(Reports(211, 21, session: 1)).Then(Recorded(211, 21))
            .When(Disconnects(212, session: 1)).ThenNothing();

    [Fact]
    public void A_reading_by_another_way_leaves_the_connection_alone() =>
        new Story().Given(Connected).When(Reports(205, 21)).Then(Recorded(205, 21)).When(Disconnects(210, session: 1)).Then(Offline(210));

    [Fact]
    public void A_device_first_heard_by_another_way_takes_up_its_own_connection()
    {
        var story = new Story().Given(Online(0), Recorded(0, 20)).When(Reports(5, 21, session: 1)).Then(Online(5, session: 1), Recorded(5, 21));

        Assert.Equal(At(0), story.Twin.StatusSince);
    }

    [Fact]
    public void Silence_at_the_heartbeat_limit_is_offline_and_not_a_millisecond_before() =>
        new Story().Given(Online(0), Recorded(0, 20)).ThenReviewIsDue(100)
            .When(Review(99.999)).ThenNothing()
            .When(Review(100)).Then(FellSilent(100))
            .ThenReviewIsDue(null).When(Review(500)).ThenNothing();

    [Fact]
    public void Each_reading_starts_the_heartbeat_anew_a_late_one_too() =>
        new Story().Given(Online(0), Recorded(0, 20), Recorded(60, 19, measured: -10)).ThenReviewIsDue(160)
            .When(Review(100)).ThenNothing();

    [Fact]
    public void A_connected_device_may_be_silent() =>
        new Story().Given(Connected).ThenReviewIsDue(null).When(Review(100_000)).ThenNothing();

    [Fact]
    public void After_a_restart_a_device_keeps_its_status_and_has_the_grace_to_come_back() =>
        new Story().Given(Connected).WhenRestarted(at: 1000, grace: 60).ThenReviewIsDue(1060)
            .When(Review(1059.999)).ThenNothing()
            .When(Review(1060)).Then(FellSilent(1060));

    [Fact]
    public void A_restart_does_not_flap_a_device_that_comes_back_in_time()
    {
        var story = new Story(Gone).Given(Connected).WhenRestarted(at: 1000, grace: 60)
            .When(Connects(1010, session: 1)).Then(Online(1010, session: 1))
            .ThenReviewIsDue(null).When(Review(1060)).ThenNothing();

        Assert.Equal(At(200), story.Twin.StatusSince);
    }

    [Fact]
    public void After_a_restart_a_reading_takes_up_its_connection_again() =>
        new Story().Given(Connected).WhenRestarted(at: 1000, grace: 60).When(Reports(1005, 20, session: 9)).Then(Online(1005, session: 9), Recorded(1005, 20));

    [Fact]
    public void Grace_never_shortens_the_heartbeat() =>
        new Story().Given(Online(0), Recorded(0, 20)).WhenRestarted(at: 10, grace: 5).ThenReviewIsDue(100);

    [Fact]
    public void The_close_of_a_connection_from_before_the_restart_says_nothing() =>
        new Story().Given(Connected).WhenRestarted(at: 1000, grace: 60).When(Disconnects(1001, session: 1)).ThenNothing();

    [Fact]
    public void A_restart_leaves_an_offline_device_offline() =>
        new Story().Given(Known).WhenRestarted(at: 1000, grace: 60).ThenReviewIsDue(null).When(Review(1060)).ThenNothing();
}
