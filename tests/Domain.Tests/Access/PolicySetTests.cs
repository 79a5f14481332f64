using System.Text;
using OrleansIot.Domain.Access;

namespace OrleansIot.Domain.Tests.Access;

public sealed class PolicySetTests
{
    private static readonly AccessContext Client = new("c1");

    [Fact]
    public void Without_a_policy_nothing_is_allowed()
    {
        Assert.Equal(new PolicyDecision(PolicyVerdict.NotAllowed, null, null), PolicySet.Empty.Evaluate(Publish("a"), Client));
        Assert.Equal("iot:Publish on topic/a: denied: no statement allows it\n- there is no policy", PolicySet.Empty.Explain(Publish("a"), Client).ToString());
    }

    [Theory]
    [InlineData(PolicyActions.Connect, "client/x")]
    [InlineData(PolicyActions.Publish, "topic/x")]
    [InlineData(PolicyActions.Subscribe, "topicfilter/x")]
    [InlineData(PolicyActions.Receive, "topic/x")]
    [InlineData(PolicyActions.RetainPublish, "topic/x")]
    [InlineData(PolicyActions.GetRetainedMessage, "topic/x")]
    [InlineData(PolicyActions.ListRetainedMessages, "*")]
    [InlineData(PolicyActions.GetThingShadow, "thing/x")]
    [InlineData(PolicyActions.UpdateThingShadow, "thing/x")]
    [InlineData(PolicyActions.DeleteThingShadow, "thing/x")]
    [InlineData(PolicyActions.ListNamedShadowsForThing, "thing/x")]
    [InlineData(PolicyActions.DescribeJobExecution, "thing/x")]
    [InlineData(PolicyActions.GetPendingJobExecutions, "thing/x")]
    [InlineData(PolicyActions.StartNextPendingJobExecution, "thing/x")]
    [InlineData(PolicyActions.UpdateJobExecution, "thing/x")]
    public void Each_action_has_its_kind_of_resource_and_none_allows_another(PolicyActions action, string resource)
    {
        var set = Of(Allow(action, resource));
        foreach (var asked in PolicyActionNames.All)
            Assert.Equal(asked == action, set.Evaluate(PolicyRequest.Of(asked, "x"u8), Client).IsAllowed);

        foreach (var kind in new[] { "client/x", "topic/x", "topicfilter/x", "thing/x", "rule/x" }.Where(kind => kind != resource))
            Assert.False(Of(Allow(action, kind)).Evaluate(PolicyRequest.Of(action, "x"u8), Client).IsAllowed);

        Assert.True(Of(Allow(action, "*")).Evaluate(PolicyRequest.Of(action, "x"u8), Client).IsAllowed);
    }

    [Fact]
    public void A_denial_wins_wherever_it_stands()
    {
        var allow = new Policy("wide", [Allow(PolicyActions.Publish, "*")]);
        var deny = new Policy("narrow", [Deny(PolicyActions.Publish, "topic/a/secret")]);
        foreach (var set in new[] { PolicySet.Of([allow, deny]), PolicySet.Of([deny, allow]) })
        {
            Assert.Equal(new PolicyDecision(PolicyVerdict.Denied, deny, deny.Statements[0]), set.Evaluate(Publish("a/secret"), Client));
            Assert.Equal(new PolicyDecision(PolicyVerdict.Allowed, allow, allow.Statements[0]), set.Evaluate(Publish("a/open"), Client));
        }
    }

    [Fact]
    public void What_several_policies_allow_is_allowed()
    {
        var set = PolicySet.Of([new Policy("a", [Allow(PolicyActions.Publish, "topic/a")]), new Policy("b", [Allow(PolicyActions.Publish, "topic/b")])]);

        Assert.True(set.Evaluate(Publish("a"), Client).IsAllowed);
        Assert.True(set.Evaluate(Publish("b"), Client).IsAllowed);
        Assert.False(set.Evaluate(Publish("c"), Client).IsAllowed);
    }

    [Theory]
    [InlineData("topicfilter/a/*", "a/#", true)]
    [InlineData("topicfilter/a/*", "a/+/b", true)]
    [InlineData("topicfilter/a/*", "+/b", false)]
    [InlineData("topicfilter/a/*", "#", false)]
    [InlineData("topicfilter/a/b", "a/+", false)]
    [InlineData("topicfilter/a/+", "a/+", true)]
    [InlineData("topicfilter/a/+", "a/b", false)]
    [InlineData("topicfilter/a/#", "a/#", true)]
    [InlineData("topicfilter/a/#", "a/b", false)]
    [InlineData("topicfilter/a/*", "$share/group/a/b", false)]
    [InlineData("topicfilter/$share/group/a/*", "$share/group/a/b", true)]
    [InlineData("topic/a/*", "a/b", false)]
    [InlineData("*", "#", true)]
    public void A_filter_is_compared_as_the_text_it_is(string resource, string filter, bool allowed) =>
        Assert.Equal(allowed, Of(Allow(PolicyActions.Subscribe, resource)).Evaluate(PolicyRequest.Subscribe(Encoding.UTF8.GetBytes(filter)), Client).IsAllowed);

    [Theory]
    [InlineData("arn:aws:iot:eu-central-1:123456789012:topic/a", true)]
    [InlineData("arn:aws-cn:iot:cn-north-1:1:topic/a", true)]
    [InlineData("arn:aws:iot:*:*:topic/a", true)]
    [InlineData("arn:aws:iot:::topic/a", true)]
    [InlineData("arn:aws:iot:eu-central-1:1:*", true)]
    [InlineData("arn:aws:iot:*", true)]
    [InlineData("arn:aws:iot:eu-central-1:1:topic/b:c", false)]
    [InlineData("topic/a", true)]
    public void Region_and_account_do_not_count(string resource, bool allowed) =>
        Assert.Equal(allowed, Of(Allow(PolicyActions.Publish, resource)).Evaluate(Publish("a"), Client).IsAllowed);

    [Theory]
    [InlineData("")]
    [InlineData("topic")]
    [InlineData("topics/a")]
    [InlineData("topic*")]
    [InlineData("Topic/a")]
    [InlineData("arn:aws:s3:::bucket")]
    [InlineData("arn:aws:iot:eu-central-1:topic/a")]
    [InlineData("arn:*")]
    [InlineData("topic/${iot:Nobody}")]
    public void Other_texts_are_no_resources(string text)
    {
        Assert.False(PolicyResource.TryParse(text, out _, out _));
        Assert.Throws<FormatException>(() => PolicyResource.Parse(text));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var set = PolicySet.Of([BuiltInPolicies.Device, new Policy("p", [Deny(PolicyActions.Receive, "topic/*/secret/?")])]);
        var allowed = 0;
        for (var i = 0; i < 100; i++)
            Decide();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Decide();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200, allowed);

        void Decide()
        {
            if (set.Evaluate(PolicyRequest.Receive("devices/c1/commands/reboot"u8), Client).IsAllowed)
                allowed++;

            set.Evaluate(PolicyRequest.Connect("c1"u8, ConnectAttributes.LastWill), Client);
        }
    }

    [Fact]
    public void An_explanation_says_of_each_statement_why()
    {
        var set = PolicySet.Of([new Policy("fleet",
        [
            Allow(PolicyActions.Connect, "*"),
            new("wrong-kind", PolicyEffect.Allow, PolicyActions.Publish, [PolicyResource.Parse("topicfilter/a")]),
            Allow(PolicyActions.Publish, "topic/${iot:Connection.Thing.ThingName}/a"),
            new(null, PolicyEffect.Allow, PolicyActions.Publish, [PolicyResource.Parse("*")], BuiltInPolicies.Device.Statements[1].Conditions),
            Deny(PolicyActions.Publish, "topic/a"),
        ])]);

        Assert.Equal(
            """
            iot:Publish on topic/a: denied by statement 5 of policy "fleet"
            - statement 1 of policy "fleet" does not speak of iot:Publish.
            - statement "wrong-kind" of policy "fleet" allows iot:Publish, but names no topic/…, which this action is about.
            - statement 3 of policy "fleet" allows iot:Publish, but on topic/${iot:Connection.Thing.ThingName}/a, and this connection has no usable iot:Connection.Thing.ThingName.
            - statement 4 of policy "fleet" allows iot:Publish here, but its condition is not met: StringNotLike iot:ClientId [*/*].
            - statement 5 of policy "fleet" denies it.
            """,
            set.Explain(Publish("a"), new AccessContext("x/y")).ToString());
    }

    [Fact]
    public void A_request_is_for_one_action() =>
        Assert.Throws<ArgumentException>(() => PolicyRequest.Of(PolicyActions.Publish | PolicyActions.Receive, "a"u8).Kind);

    private static PolicySet Of(params PolicyStatement[] statements) => PolicySet.Of([new Policy("p", [.. statements])]);

    private static PolicyStatement Allow(PolicyActions actions, string resource) => new(null, PolicyEffect.Allow, actions, [PolicyResource.Parse(resource)]);

    private static PolicyStatement Deny(PolicyActions actions, string resource) => new(null, PolicyEffect.Deny, actions, [PolicyResource.Parse(resource)]);

    private static PolicyRequest Publish(string topic) => PolicyRequest.Publish(Encoding.UTF8.GetBytes(topic));
}
