using OrleansIot.Application.Rules;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Rules;

public sealed class RuleDocumentTests
{
    private const string Whole =
        """
        {
          "ruleId": "temp-high", "name": "Too hot", "description": "Open the window.", "deviceType": "sensor", "deviceIds": ["s1", "s2"],
          "condition": { "metric": "temperature", "operator": ">=", "threshold": 70, "duration": 60 },
          "clearThreshold": 65.5, "severity": "critical", "status": "inactive", "cooldownPeriod": 30,
          "actions": { "notifications": ["slack"], "webhooks": ["https://example.org/hook?a=b"], "on": ["triggered", "resolved"] },
          "version": 3
        }
        """;

    [Fact]
    public void A_whole_document_is_read_field_by_field()
    {
        var rule = Valid(Whole);

        Assert.Equal(
            new Rule(
                RuleId.Parse("temp-high"),
                "Too hot",
                "Open the window.",
                "sensor",
                [DeviceId.Parse("s1"), DeviceId.Parse("s2")],
                new RuleCondition(MetricName.Parse("temperature"), ComparisonOperator.AtLeast, MetricValue.Of(70), TimeSpan.FromSeconds(60)),
                65.5,
                Severity.Critical,
                false,
                TimeSpan.FromSeconds(30),
                new RuleActions(["slack"], [new Uri("https://example.org/hook?a=b")], AlertTransitions.Triggered | AlertTransitions.Resolved),
                3),
            rule);
    }

    [Fact]
    public void What_is_left_out_gets_its_default()
    {
        var rule = Valid("""{"ruleId":"r","condition":{"metric":"t","operator":">","threshold":1}}""");

        Assert.Equal("r", rule.Name);
        Assert.Equal(Rule.AllTypes, rule.DeviceType);
        Assert.Empty(rule.DeviceIds);
        Assert.Equal(TimeSpan.Zero, rule.Condition.Duration);
        Assert.Equal(Severity.Warning, rule.Severity);
        Assert.True(rule.Active);
        Assert.Equal(TimeSpan.FromSeconds(300), rule.Cooldown);
        Assert.Equal(RuleActions.None, rule.Actions);
    }

    [Fact]
    public void A_device_that_went_offline_can_be_watched()
    {
        var rule = Valid("""{"ruleId":"r","condition":{"metric":"$status","operator":"==","threshold":"offline","duration":60}}""");

        Assert.Equal(MetricName.Status, rule.Condition.Metric);
        Assert.True(rule.Condition.Holds(MetricValue.Of("offline")));
    }

    [Fact]
    public void A_clear_threshold_inside_the_condition_counts_too()
    {
        Assert.Equal(5, Valid("""{"ruleId":"r","condition":{"metric":"t","operator":">","threshold":9,"clearThreshold":5}}""").ClearThreshold);
    }

    [Fact]
    public void The_address_of_a_request_may_stand_in_for_the_id_but_not_contradict_it()
    {
        const string Condition = """ "condition":{"metric":"t","operator":">","threshold":9} """;
        var named = RuleId.Parse("r");

        Assert.Equal(named, RuleDocumentReader.Read($"{{{Condition}}}", named).Rule?.Id);
        Assert.Equal("ruleId", Assert.Single(RuleDocumentReader.Read($$"""{"ruleId":"other",{{Condition}}}""", named).Faults).Path);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var result = RuleDocumentReader.Read(
            """
            {
              "ruleId": "no spaces", "nmae": "x", "deviceType": "", "deviceIds": ["ok", "not ok", 3],
              "condition": { "operator": "=>", "duration": -1 },
              "severity": "fatal", "status": true, "cooldownPeriod": "5",
              "actions": { "notifications": ["webhook"], "webhooks": ["/relative", "ftp://x/y", "https://user:pw@x/"], "on": ["fired"], "email": [] }
            }
            """);

        Assert.False(result.IsValid);
        Assert.Equal(
            [
                "actions.email", "actions.notifications[0]", "actions.on[0]", "actions.webhooks[0]", "actions.webhooks[1]", "actions.webhooks[2]",
                "condition.duration", "condition.metric", "condition.operator", "condition.threshold", "cooldownPeriod", "deviceIds[1]", "deviceIds[2]",
                "deviceType", "nmae", "ruleId", "severity", "status",
            ],
            result.Faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
        Assert.All(result.Faults, fault => Assert.True(fault.Problem.Length > 5 && fault.Mend.Length > 5, fault.ToString()));
    }

    [Theory]
    [InlineData("""{"metric":"t","operator":">","threshold":"90"}""", "condition.threshold", "Write 90 without quotation marks.")]
    [InlineData("""{"metric":"t","operator":">","threshold":"hot"}""", "condition.operator", "\"==\"")]
    [InlineData("""{"metric":"t","operator":"<","threshold":true}""", "condition.operator", "\"==\"")]
    [InlineData("""{"metric":"t","operator":">","threshold":[1]}""", "condition.threshold", "finite number")]
    [InlineData("""{"metric":"t","operator":">","threshold":1e999}""", "condition.threshold", "finite number")]
    [InlineData("""{"metric":"$load","operator":">","threshold":1}""", "condition.metric", "$status")]
    [InlineData("""{"metric":"$status","operator":"==","threshold":"gone"}""", "condition.threshold", "\"offline\"")]
    [InlineData("""{"metric":"t","operator":">","threshold":1,"clearThreshold":2}""", "condition.clearThreshold", "at or below 1")]
    [InlineData("""{"metric":"t","operator":"<=","threshold":3,"clearThreshold":2}""", "condition.clearThreshold", "at or above 3")]
    [InlineData("""{"metric":"t","operator":"==","threshold":3,"clearThreshold":2}""", "condition.clearThreshold", "Leave it out")]
    [InlineData("""{"metric":"t","operator":">","threshold":3,"Duration":2}""", "condition.Duration", "\"duration\"")]
    [InlineData("""{"metric":"t","operator":">","threshold":3,"duration":1e9}""", "condition.duration", "2592000")]
    [InlineData("[]", "condition", "\"metric\"")]
    [InlineData("null", "condition", "\"metric\"")]
    public void A_fault_in_the_condition_names_the_field_and_the_mend(string condition, string path, string mend)
    {
        var result = RuleDocumentReader.Read($$"""{"ruleId":"r","condition":{{condition}}}""");

        var fault = Assert.Single(result.Faults);
        Assert.Equal(path, fault.Path);
        Assert.Contains(mend, fault.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{\n \"ruleId\": }", "line 2")]
    [InlineData("""{"ruleId":"a","ruleId":"b"}""", "ruleId")]
    [InlineData("[1]", "not an object")]
    public void What_is_no_document_at_all_is_one_fault(string json, string said)
    {
        var fault = Assert.Single(RuleDocumentReader.Read(json).Faults);

        Assert.Equal("$", fault.Path);
        Assert.Contains(said, fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_rule_reads_back_as_it_was_written() => AnyRule.ForAll(rule =>
    {
        var result = RuleDocumentReader.Read(RuleDocumentJson.Write(rule));

        Assert.Empty(result.Faults);
        Assert.Equal(rule, result.Rule);
    });

    [Fact]
    public void Any_damaged_document_is_answered_and_never_thrown_at() => AnyRule.ForAll(rule =>
    {
        var json = RuleDocumentJson.Write(rule);
        for (var cut = 0; cut < json.Length; cut += 7)
            Assert.Equal("$", Assert.Single(RuleDocumentReader.Read(json[..cut]).Faults).Path);
    });

    private static Rule Valid(string json)
    {
        var result = RuleDocumentReader.Read(json);
        Assert.True(result.IsValid, string.Join('\n', result.Faults));
        return result.Rule;
    }
}
