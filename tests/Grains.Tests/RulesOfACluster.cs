using OrleansIot.Application.Rules;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Rules;
using OrleansIot.TestKit;

namespace OrleansIot.Grains.Tests;

public sealed class RulesOfACluster(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private readonly TestedCluster _cluster = shared.Cluster;

    [Fact]
    public async Task The_shipped_rules_are_there_once_on_every_silo()
    {
        Assert.True(await _cluster.Store.Rules.IsSeeded(CancellationToken.None));
        foreach (var shipped in ShippedRules.All)
        {
            Assert.NotNull(_cluster.Rules(0).Find(shipped.Id));
            Assert.Equal(1, _cluster.Rules(1).Find(shipped.Id)?.Version);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_rule_put_on_one_silo_is_in_force_on_the_other_when_putting_it_has_completed(int from)
    {
        var rule = Given.RuleAbove($"everywhere-{from}", "everywhere", 10);

        var stored = await _cluster.Rules(from).Put(rule, expectedVersion: 0);

        Assert.Equal(1, stored?.Version);
        Assert.Equal(stored, _cluster.Rules(1 - from).Find(rule.Id));
        Assert.Contains(stored, await _cluster.Store.Rules.List(CancellationToken.None));

        Assert.True(await _cluster.Rules(1 - from).Delete(rule.Id, expectedVersion: 1));
        Assert.Null(_cluster.Rules(from).Find(rule.Id));
        Assert.False(await _cluster.Rules(from).Delete(rule.Id));
    }

    [Fact]
    public async Task Of_edits_on_both_silos_at_once_onto_one_version_one_is_made()
    {
        var rule = Given.RuleAbove("edited", "edited", 10);
        await _cluster.Rules(0).Put(rule);

        var edits = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            _cluster.Rules(i % 2).Put(rule with { Name = $"edit {i}" }, expectedVersion: 1).AsTask()));

        var made = Assert.Single(edits, edit => edit is not null);
        Assert.Equal(2, made?.Version);
        Assert.Equal(made, _cluster.Rules(0).Find(rule.Id));
        Assert.Equal(made, _cluster.Rules(1).Find(rule.Id));
    }

    [Fact]
    public async Task A_silo_that_missed_an_edit_learns_of_it_when_it_is_refused_one()
    {
        var rule = Given.RuleAbove("missed", "missed", 10);
        await _cluster.Rules(0).Put(rule);
        await _cluster.Store.Rules.Put(rule with { Version = 7, Name = "put behind everybody's back" }, CancellationToken.None);

        Assert.Null(await _cluster.Rules(1).Put(rule, expectedVersion: 1));

        Assert.Equal(7, _cluster.Rules(1).Find(rule.Id)?.Version);
    }

    [Fact]
    public async Task A_rule_changed_on_one_silo_concerns_the_twins_of_the_other_at_once()
    {
        await _cluster.Twins(1).Execute(DeviceId.Parse("concerned"), TestedCluster.Reading("concern", 50));
        var rule = Given.RuleAbove("concerning", "concern", 10);
        await _cluster.Rules(0).Put(rule);

        await _cluster.Twins(1).Execute(DeviceId.Parse("concerned"), TestedCluster.Reading("concern", 51));
        Assert.Single((await Find("concerned")).OpenAlerts);

        await _cluster.Rules(0).Delete(rule.Id);
        await Eventually.IsTrue("the alert of a rule that is gone is resolved", async () => (await Find("concerned")).OpenAlerts.IsEmpty);
    }

    [Fact]
    public async Task An_alert_is_one_and_told_once_however_many_readings_of_both_silos_are_above()
    {
        await _cluster.Rules(0).Put(Given.RuleAbove("once", "once", 10));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            _cluster.Twins(i % 2).Execute(DeviceId.Parse("hot"), TestedCluster.Reading("once", 20 + i)).AsTask()));

        Assert.Single(_cluster.Store.Journal.EventsOf(DeviceId.Parse("hot")).OfType<TwinEvent.AlertTriggered>());
        var told = await _cluster.Store.Outbox.Latest(1_000, CancellationToken.None);
        Assert.Single(told, delivery => delivery.Message.Alert.Device == DeviceId.Parse("hot"));
    }

    [Fact]
    public async Task A_store_that_was_never_seeded_is_seeded_once_by_silos_that_start_together()
    {
        await using var cluster = await TestedCluster.Start(silos: 3);

        Assert.All(Enumerable.Range(0, 3), silo => Assert.Equal(ShippedRules.All.Length, cluster.Rules(silo).All.Length));
        await cluster.Rules(0).Delete(RuleId.Parse("cpu-high"));
        await cluster.Client.GetGrain<IRuleSeedGrain>(0).Seed();
        Assert.DoesNotContain(await cluster.Store.Rules.List(CancellationToken.None), rule => rule.Id == RuleId.Parse("cpu-high"));
    }

    private async Task<Twin> Find(string device) => (await _cluster.Twins(1).Find(DeviceId.Parse(device)))!.Twin;
}
