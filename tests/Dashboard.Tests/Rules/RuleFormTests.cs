using OrleansIot.Dashboard.Rules;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Tests.Rules;

public sealed class RuleFormTests
{
    [Fact]
    public void A_name_a_metric_and_a_threshold_are_enough()
    {
        var rule = Build(new RuleForm { Name = "Boiler too hot!", Metric = "temperature", Threshold = "70" });

        Assert.Equal("boiler-too-hot", rule!.Id.Value);
        Assert.Equal("temperature > 70", rule.Condition.ToString());
        Assert.Equal((Rule.AllTypes, true, 0L), (rule.DeviceType, rule.Active, rule.Version));
    }

    [Fact]
    public void A_rule_read_into_the_form_comes_out_as_it_was()
    {
        var rule = new Rule(
            RuleId.Parse("too-hot"),
            "Too hot",
            "Shuts the burner down",
            "boiler",
            [DeviceId.Parse("boiler-7"), DeviceId.Parse("boiler-8")],
            new RuleCondition(MetricName.Parse("temperature"), ComparisonOperator.AtLeast, MetricValue.Of(70.5), TimeSpan.FromSeconds(60)),
            65,
            Severity.Critical,
            Active: false,
            TimeSpan.FromMinutes(5),
            new RuleActions(["pager", "slack"], [new Uri("https://example.org/hook")], AlertTransitions.Triggered | AlertTransitions.Resolved),
            3);

        Assert.Equal(rule, Build(RuleForm.Of(rule)));
    }

    [Theory]
    [InlineData("true", MetricKind.Boolean)]
    [InlineData("offline", MetricKind.Text)]
    [InlineData("3", MetricKind.Number)]
    public void Equality_compares_with_what_the_threshold_looks_like(string threshold, MetricKind kind)
    {
        var rule = Build(new RuleForm { Name = "x", Metric = "$status", Operator = ComparisonOperator.Equal, Threshold = threshold });

        Assert.Equal(kind, rule!.Condition.Threshold.Kind);
    }

    [Fact]
    public void Each_mistake_is_named_at_its_field_with_its_mend()
    {
        var form = new RuleForm
        {
            Id = "too hot",
            Metric = "$secret",
            Threshold = "warm",
            DurationSeconds = "-1",
            CooldownSeconds = "soon",
            DeviceIds = "boiler-7, boiler 8!",
            Webhooks = "ftp://example.org",
        };

        Assert.Null(Build(form));
        Assert.Equal(
            ["CooldownSeconds", "DeviceIds", "DurationSeconds", "Id", "Metric", "Name", "Threshold", "Webhooks"],
            form.Mends.Keys.Order());
        Assert.Equal("'warm' is not a number; words are compared by == or !=.", form.Mends["Threshold"]);
    }

    [Theory]
    [InlineData(ComparisonOperator.Above, "75", "A rule that fires above 70 clears at 70 or below.")]
    [InlineData(ComparisonOperator.Below, "65", "A rule that fires below 70 clears at 70 or above.")]
    [InlineData(ComparisonOperator.Equal, "65", "Leave it empty: a rule of equality clears when it no longer holds.")]
    [InlineData(ComparisonOperator.Above, "cold", "'cold' is not a number; leave it empty to clear at the threshold.")]
    public void A_rule_clears_on_the_other_side_of_its_threshold(ComparisonOperator comparison, string clear, string mend)
    {
        var form = new RuleForm { Name = "x", Metric = "temperature", Operator = comparison, Threshold = "70", ClearThreshold = clear };

        Assert.Null(Build(form));
        Assert.Equal(mend, form.Mends["ClearThreshold"]);
    }

    [Fact]
    public void An_id_in_use_is_not_taken_again()
    {
        var form = new RuleForm { Name = "Too hot", Metric = "temperature", Threshold = "70" };

        Assert.Null(form.Build(id => id.Value == "too-hot"));
        Assert.Equal("There is a rule too-hot already; choose another id.", form.Mends["Id"]);
    }

    [Fact]
    public void A_mended_form_builds()
    {
        var form = new RuleForm { Name = "Too hot", Metric = "temperature", Threshold = "" };
        Assert.Null(Build(form));

        form.Threshold = "70";

        Assert.NotNull(Build(form));
        Assert.Empty(form.Mends);
    }

    private static Rule? Build(RuleForm form) => form.Build(_ => false);
}
