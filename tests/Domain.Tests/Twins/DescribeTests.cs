using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class DescribeTests
{
    private static readonly DeviceDescription Cellar = new("Boiler", "boiler", "Cellar", ["heating", "old"]);

    [Fact]
    public void A_device_can_be_described_before_it_is_heard_of()
    {
        var story = new Story().When(Describes(0, Cellar)).Then(Described(0, Cellar));

        Assert.True(story.Twin.Exists);
        Assert.Equal(DeviceStatus.Unknown, story.Twin.Status);
        story.ThenReviewIsDue(null).When(Connects(5, session: 1)).Then(Online(5, session: 1));
    }

    [Fact]
    public void A_device_can_be_made_with_nothing_said_about_it() =>
        new Story().When(Describes(0, DeviceDescription.None)).Then(Described(0, DeviceDescription.None));

    [Fact]
    public void The_same_description_again_changes_nothing() =>
        new Story().Given(Described(0, Cellar)).When(Describes(1, Cellar with { Tags = ["heating", "old"] })).ThenNothing();

    [Fact]
    public void Another_description_replaces_the_one_before()
    {
        var story = new Story().Given(Described(0, Cellar)).When(Describes(1, Cellar with { Tags = ["heating"] })).Then(Described(1, Cellar with { Tags = ["heating"] }));

        Assert.Equal(Cellar with { Tags = ["heating"] }, story.Twin.Description);
    }

    [Fact]
    public void A_description_that_was_made_from_another_one_than_is_there_is_refused()
    {
        var story = new Story().Given(Described(0, Cellar)).When(Describes(1, DeviceDescription.None) with { Expected = DeviceDescription.None });
        story.ThenRejected(TwinRejection.DescriptionChanged);
        story.When(Describes(1, DeviceDescription.None) with { Expected = Cellar }).Then(Described(1, DeviceDescription.None));
    }

    [Fact]
    public void A_description_beyond_its_limits_is_refused_by_the_field_and_changes_nothing()
    {
        var story = new Story().Given(Described(0, Cellar)).When(Describes(1, Cellar with { Site = "plant//hall" }));

        Assert.StartsWith("site has a level", story.ThenRejectedBy("device.site-invalid"), StringComparison.Ordinal);
        Assert.Equal(Cellar, story.Twin.Description);
    }

    [Fact]
    public void Described_but_never_heard_of_is_not_offline_and_no_status_rule_judges_it() =>
        new Story(Gone, Watch("not-there", "$status", Domain.Rules.ComparisonOperator.NotEqual, "online"))
            .Given(Described(0, Cellar)).When(Review(100_000)).ThenNothing();
}
