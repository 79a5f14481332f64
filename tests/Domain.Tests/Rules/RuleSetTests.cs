using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Rules;

public sealed class RuleSetTests
{
    private static readonly DeviceId Other = DeviceId.Parse("boiler-2");

    [Fact]
    public void A_rule_for_all_types_concerns_every_device()
    {
        Assert.True(Hot.AppliesTo(Boiler, null));
        Assert.True(Hot.AppliesTo(Boiler, "pump"));
    }

    [Fact]
    public void A_rule_for_a_type_concerns_devices_of_that_type_however_it_is_written()
    {
        var boilers = Hot with { DeviceType = "boiler" };

        Assert.True(boilers.AppliesTo(Boiler, "Boiler"));
        Assert.False(boilers.AppliesTo(Boiler, "pump"));
        Assert.False(boilers.AppliesTo(Boiler, null));
    }

    [Fact]
    public void A_rule_for_some_devices_concerns_only_them()
    {
        var one = Hot with { DeviceIds = [Boiler] };

        Assert.True(one.AppliesTo(Boiler, null));
        Assert.False(one.AppliesTo(Other, null));
        Assert.False((one with { DeviceType = "pump" }).AppliesTo(Boiler, "boiler"));
    }

    [Fact]
    public void A_rule_that_is_switched_off_concerns_none() => Assert.False((Hot with { Active = false }).AppliesTo(Boiler, null));

    [Fact]
    public void A_set_holds_what_concerns_its_device_by_metric_and_in_order_of_id()
    {
        var (a, b) = (Watch("a", "temperature", ComparisonOperator.Above, 1), Watch("b", "temperature", ComparisonOperator.Above, 2));
        var rules = RuleSet.For(Boiler, null, [b, Gone, Hot with { DeviceIds = [Other] }, a]);

        Assert.Equal([a, b, Gone], rules.Rules);
        Assert.Equal([a, b], rules.On(MetricName.Parse("temperature")));
        Assert.Equal([Gone], rules.On(MetricName.Status));
        Assert.Empty(rules.On(MetricName.Parse("humidity")));
        Assert.Equal(b, rules.Find(b.Id));
        Assert.Null(rules.Find(Hot.Id));
    }

    [Fact]
    public void Where_nothing_concerns_a_device_its_set_is_the_empty_one()
    {
        Assert.Same(RuleSet.Empty, RuleSet.For(Boiler, null, [Hot with { Active = false }]));
        Assert.Same(RuleSet.Empty, RuleSet.Of());
    }

    [Fact]
    public void Rules_are_equal_by_what_they_say()
    {
        var one = Hot with { DeviceIds = [Boiler, Other], Actions = new RuleActions(["slack"], [new Uri("https://example.org/hook")], AlertTransitions.Resolved) };
        var same = Hot with { DeviceIds = [Boiler, Other], Actions = new RuleActions(["slack"], [new Uri("https://example.org/hook")], AlertTransitions.Resolved) };

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.All(
            [
                one with { Name = "x" },
                one with { Description = "x" },
                one with { DeviceType = "x" },
                one with { DeviceIds = [Boiler] },
                one with { Condition = Gone.Condition },
                one with { ClearThreshold = 1 },
                one with { Severity = Severity.Info },
                one with { Active = false },
                one with { Cooldown = TimeSpan.FromSeconds(1) },
                one with { Actions = one.Actions with { Notifications = ["telegram"] } },
                one with { Actions = one.Actions with { Webhooks = [] } },
                one with { Actions = one.Actions with { On = AlertTransitions.None } },
                one with { Version = 2 },
                one with { Id = Gone.Id },
            ],
            other => Assert.NotEqual(one, other));
    }
}
