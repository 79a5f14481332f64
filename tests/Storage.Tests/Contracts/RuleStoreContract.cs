using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class RuleStoreContract(IStoreUnderTest store) : StoreContract(store)
{
    [Fact]
    public async Task Rules_list_as_they_were_last_put()
    {
        var bare = Rule("bare") with { Description = null, DeviceIds = [], ClearThreshold = null, Active = false, Actions = Domain.Rules.RuleActions.None };
        await Store.Rules.Put(Rule("a-rule"), default);
        await Store.Rules.Put(bare, default);
        await Store.Rules.Put(Rule("a-rule", version: 2), default);

        Assert.Equal([Rule("a-rule", version: 2), bare], await Store.Rules.List(default));
    }

    [Fact]
    public async Task A_deleted_rule_is_gone_and_deleting_it_again_says_so()
    {
        var rule = Rule("a-rule");
        await Store.Rules.Put(rule, default);

        Assert.True(await Store.Rules.Delete(rule.Id, rule.Version, default));
        Assert.False(await Store.Rules.Delete(rule.Id, rule.Version, default));
        Assert.Empty(await Store.Rules.List(default));
    }

    [Fact]
    public async Task A_rule_is_deleted_only_at_the_version_that_was_seen()
    {
        await Store.Rules.Put(Rule("a-rule", version: 1), default);
        await Store.Rules.Put(Rule("a-rule", version: 2), default);

        Assert.False(await Store.Rules.Delete(Rule("a-rule").Id, version: 1, default));
        Assert.False(await Store.Rules.Delete(Rule("a-rule").Id, version: 3, default));
        Assert.Equal([Rule("a-rule", version: 2)], await Store.Rules.List(default));
        Assert.True(await Store.Rules.Delete(Rule("a-rule").Id, version: 2, default));
    }

    [Fact]
    public async Task A_store_is_seeded_once()
    {
        Assert.False(await Store.Rules.IsSeeded(default));

        await Store.Rules.MarkSeeded(default);
        await Store.Rules.MarkSeeded(default);

        Assert.True(await Store.Rules.IsSeeded(default));
    }
}
