using System.Text;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class TwinShadowTests
{
    private static readonly ShadowName Config = ShadowName.Parse("config");

    private readonly Story _story = new();

    [Fact]
    public void A_request_is_stored_with_the_version_that_comes_of_it() => _story
        .When(Update(1, ShadowName.Classic, """{"desired":{"a":1}}""")).Then(Updated(1, ShadowName.Classic, """{"desired":{"a":1}}""", 1))
        .When(Update(2, ShadowName.Classic, "{}")).Then(Updated(2, ShadowName.Classic, "{}", 2));

    [Fact]
    public void A_device_never_heard_of_may_begin_with_its_shadow()
    {
        _story.When(Update(1, ShadowName.Classic, "{}"));
        Assert.Equal((1, DeviceStatus.Unknown), (_story.Twin.Version, _story.Twin.Status));
    }

    [Fact]
    public void Where_registration_is_required_a_device_never_heard_of_has_no_shadow() => _story
        .WithShadows(ShadowLimits.Default with { RequireRegistration = true })
        .When(Update(1, ShadowName.Classic, "{}")).ThenRejected(new TwinRejection("shadow.unknown-thing", "Thing not found"))
        .When(Delete(1, ShadowName.Classic)).ThenRejected(new TwinRejection("shadow.unknown-thing", "Thing not found"))
        .When(new TwinCommand.Describe(DeviceDescription.None, Words.At(2)), Update(3, ShadowName.Classic, "{}")).Then(Updated(3, ShadowName.Classic, "{}", 1));

    [Fact]
    public void A_device_that_is_made_known_over_its_own_connection_is_online() => _story
        .When(Update(1, ShadowName.Classic, "{}") with { Session = new SessionId(7) })
        .Then(Updated(1, ShadowName.Classic, "{}", 1), new TwinEvent.CameOnline("connected", new SessionId(7), Words.At(1)))
        .When(Update(2, ShadowName.Classic, "{}") with { Session = new SessionId(7) })
        .Then(Updated(2, ShadowName.Classic, "{}", 2));

    [Fact]
    public void Shadows_are_apart_from_each_other_and_in_order_of_their_names()
    {
        _story.When(
            Update(1, Config, """{"reported":{"a":1}}"""), Update(1, ShadowName.Parse("a"), "{}"), Update(2, ShadowName.Classic, """{"reported":{"a":2}}"""),
            Update(3, Config, "{}"));

        Assert.Equal(["", "a", "config"], _story.Twin.Shadows.Select(shadow => shadow.Name.Value));
        Assert.Equal(2, _story.Twin.FindShadow(Config)!.Version);
        Assert.Equal(1, _story.Twin.FindShadow(ShadowName.Classic)!.Version);
    }

    [Fact]
    public void A_version_that_is_not_the_shadow_s_is_a_conflict() => _story
        .When(Update(1, Config, "{}"), Update(2, Config, "{}") with { Expected = 5 })
        .ThenRejected(new TwinRejection("shadow.version-conflict", "Version conflict"))
        .When(Delete(3, Config) with { Expected = 5 })
        .ThenRejected(new TwinRejection("shadow.version-conflict", "Version conflict"));

    [Fact]
    public void A_shadow_that_is_not_there_cannot_be_deleted()
    {
        _story.When(Delete(1, Config)).ThenRejected(new TwinRejection("shadow.unknown", "No shadow exists with name: 'config'"));
        _story.When(Delete(1, ShadowName.Classic)).ThenRejected(new TwinRejection("shadow.unknown", $"No shadow exists with name: '{Words.Boiler}'"));
    }

    [Fact]
    public void A_deleted_shadow_is_gone_and_goes_on_counting()
    {
        _story.When(Update(1, Config, "{}"), Update(2, Config, "{}"), Delete(3, Config)).Then(new TwinEvent.ShadowDeleted(Config, 2, "token", "alice", Words.At(3)));
        Assert.Null(_story.Twin.FindShadow(Config));
        _story.When(Delete(4, Config)).ThenRejected(new TwinRejection("shadow.unknown", "No shadow exists with name: 'config'"));
        _story.When(Update(5, Config, "{}")).Then(Updated(5, Config, "{}", 3));
    }

    [Fact]
    public void What_was_deleted_is_forgotten_after_48_hours_and_makes_room()
    {
        const double twoDays = 48 * 3600;
        _story.WithShadows(ShadowLimits.Default with { MaxShadows = 1 }).When(Update(1, Config, "{}"), Delete(2, Config));

        _story.When(Update(3, ShadowName.Classic, "{}"))
            .ThenRejected(new TwinRejection("shadow.too-many", "The thing has too many shadows; the limit is 1, and one that was deleted counts for 48 hours"));

        _story.When(Update(2 + twoDays, ShadowName.Classic, "{}")).Then(Updated(2 + twoDays, ShadowName.Classic, "{}", 1));
        Assert.Equal([ShadowName.Classic], _story.Twin.Shadows.Select(shadow => shadow.Name));
    }

    [Fact]
    public void No_update_is_lost_whoever_they_come_from()
    {
        for (var writer = 0; writer < 50; writer++)
            _story.When(Update(writer, Config, $$$"""{"reported":{"w{{{writer}}}":{{{writer}}} } }"""));

        Assert.Equal(50, _story.Twin.FindShadow(Config)!.Version);
        Assert.Equal(50, _story.Twin.FindShadow(Config)!.Reported!.Members.Length);
    }

    [Fact]
    public void A_reading_leaves_the_shadows_untouched()
    {
        _story.When(Update(1, Config, """{"desired":{"a":1}}"""));
        var before = _story.Twin.Shadows;
        _story.When(Words.Reports(2, 50));
        Assert.True(before == _story.Twin.Shadows);
    }

    private static TwinCommand.UpdateShadow Update(double at, ShadowName name, string state) =>
        new(name, Patch(state), null, "token", "alice", null, Words.At(at));

    private static TwinCommand.DeleteShadow Delete(double at, ShadowName name) => new(name, null, "token", "alice", Words.At(at));

    private static TwinEvent.ShadowUpdated Updated(double at, ShadowName name, string state, long version) =>
        new(name, Patch(state), version, "token", "alice", Words.At(at));

    private static ShadowPatch Patch(string state) =>
        ShadowRequest.Read(Encoding.UTF8.GetBytes($$"""{"state":{{state}}}"""), 6, out _, out _)!.State;
}
