using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class MaintenanceTests
{
    private static readonly TwinEvent[] Connected = [Online(0, session: 1), Recorded(0, 20)];

    [Fact]
    public void It_is_shown_as_the_status_with_who_why_and_since_when()
    {
        var twin = new Story().Given(Connected).When(BeginsWork(5)).Then(WorkBegan(5)).Twin;

        Assert.Equal((DeviceStatus.Maintenance, "new bearings", At(5)), (twin.Status, twin.StatusReason, twin.StatusSince));
        Assert.Equal(new Maintenance(At(5), "new bearings", "ana"), twin.Maintenance);
    }

    [Fact]
    public void Who_saw_it_otherwise_than_it_is_neither_begins_nor_ends_it()
    {
        var story = new Story().Given(Connected).When(BeginsWork(5) with { Expected = new SeenMaintenance(new Maintenance(At(1), "", "bob")) });
        story.ThenRejected(TwinRejection.MaintenanceChanged);
        story.When(BeginsWork(5) with { Expected = new SeenMaintenance(null) }).Then(WorkBegan(5));
        story.When(EndsWork(6) with { Expected = new SeenMaintenance(null) }).ThenRejected(TwinRejection.MaintenanceChanged);
        story.When(EndsWork(6) with { Expected = new SeenMaintenance(new Maintenance(At(5), "new bearings", "ana")) }).Then(WorkEnded(6));
    }

    [Fact]
    public void The_connectivity_is_kept_underneath_and_comes_back_as_it_is()
    {
        var story = new Story().Given(Connected).When(BeginsWork(5)).When(Disconnects(6, session: 1)).Then(Offline(6));
        Assert.Equal((DeviceStatus.Maintenance, DeviceStatus.Offline), (story.Twin.Status, story.Twin.Connectivity));

        var twin = story.When(EndsWork(9)).Then(WorkEnded(9)).Twin;
        Assert.Equal((DeviceStatus.Offline, "connection lost", At(6)), (twin.Status, twin.StatusReason, twin.StatusSince));
        Assert.Null(twin.Maintenance);
    }

    [Fact]
    public void A_device_that_comes_in_maintenance_is_online_after_it() =>
        Assert.Equal(DeviceStatus.Online, new Story().Given(Connected).Given(Offline(1)).When(BeginsWork(5), Connects(6, session: 2), EndsWork(7)).Twin.Status);

    [Fact]
    public void Silence_in_maintenance_is_seen_all_the_same() =>
        new Story().Given(Online(0), Recorded(0, 20)).When(BeginsWork(5)).ThenReviewIsDue(100).When(Review(100)).Then(FellSilent(100)).ThenReviewIsDue(null);

    [Fact]
    public void The_same_again_changes_nothing_and_another_reason_is_an_event_that_keeps_since_when()
    {
        var story = new Story().Given(Connected).When(BeginsWork(5)).When(BeginsWork(6)).ThenNothing();

        Assert.Equal(At(5), story.When(BeginsWork(7, "other bearings")).Then(WorkBegan(7, "other bearings")).Twin.StatusSince);
        story.When(EndsWork(8)).Then(WorkEnded(8)).When(EndsWork(9)).ThenNothing();
    }

    [Fact]
    public void A_device_never_heard_of_has_none() => new Story().When(BeginsWork(0)).ThenRejected(TwinRejection.UnknownDevice);

    [Fact]
    public void A_reason_beyond_its_limit_is_refused() =>
        new Story().Given(Connected).When(BeginsWork(5, new string('x', 257))).ThenRejectedBy("device.maintenance-invalid");

    // Alerts

    [Fact]
    public void Nothing_fires_in_it_and_what_still_holds_fires_at_its_end() =>
        new Story(Hot).Given(Connected).Given(WorkBegan(5)).When(Reports(6, 80)).Then(Recorded(6, 80), Pending(Hot, 6)).ThenReviewIsDue(null)
            .When(Reports(7, 81)).Then(Recorded(7, 81)).When(Review(8)).ThenNothing()
            .When(EndsWork(9)).Then(WorkEnded(9), Triggered(Hot, 81, at: 9, version: 8));

    [Fact]
    public void What_has_passed_by_its_end_never_fires() =>
        new Story(Hot).Given(Connected).Given(WorkBegan(5)).When(Reports(6, 80)).When(Reports(7, 20)).Then(Recorded(7, 20), Cleared(Hot, 7))
            .When(EndsWork(9)).Then(WorkEnded(9));

    [Fact]
    public void A_duration_runs_on_in_it()
    {
        var rule = Hot.For(10);
        new Story(rule).Given(Connected).When(Reports(1, 80), BeginsWork(5)).When(Review(20)).ThenNothing()
            .When(EndsWork(21)).Then(WorkEnded(21), Triggered(rule, 80, at: 21, version: 7));
        new Story(rule).Given(Connected).When(Reports(1, 80), BeginsWork(5), EndsWork(6)).Then(WorkEnded(6)).ThenReviewIsDue(11);
    }

    [Fact]
    public void What_is_open_stays_open_and_resolves_at_its_end_where_it_cleared()
    {
        var story = new Story(Hot).Given(Connected).When(Reports(1, 80)).When(BeginsWork(5)).When(Reports(6, 20)).Then(Recorded(6, 20));
        Assert.Single(story.Twin.OpenAlerts);

        story.When(EndsWork(9)).Then(WorkEnded(9), ResolvedItself(Alert(Hot, 4), 9, coolUntil: 1));
    }

    [Fact]
    public void An_open_alert_can_be_acknowledged_and_resolved_by_hand_in_it() =>
        new Story(Hot).Given(Connected).When(Reports(1, 80), BeginsWork(5))
            .When(Acknowledges(6, Alert(Hot, 4))).Then(Acknowledged(Alert(Hot, 4), 6))
            .When(Resolves(7, Alert(Hot, 4))).Then(ResolvedByHand(Alert(Hot, 4), 7));

    [Fact]
    public void A_device_that_goes_in_it_is_reported_gone_at_its_end() =>
        new Story(Gone).Given(Connected).When(BeginsWork(5)).When(Disconnects(6, session: 1)).Then(Offline(6))
            .When(EndsWork(9)).Then(WorkEnded(9), Triggered(Gone, "offline", at: 9, version: 6));
}
