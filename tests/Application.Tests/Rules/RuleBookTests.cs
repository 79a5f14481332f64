using OrleansIot.Application.Rules;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Application.Tests.Rules;

public sealed class RuleBookTests
{
    private static readonly DeviceId Device = DeviceId.Parse("d1");

    private readonly InMemoryRuleStore _store = new();

    [Fact]
    public async Task A_new_installation_starts_with_the_shipped_rules()
    {
        using var book = await Opened();

        Assert.Equal(["cpu-high", "device-offline", "disk-full", "memory-high"], book.All.Select(rule => rule.Id.Value));
    }

    [Fact]
    public async Task A_deleted_shipped_rule_stays_deleted()
    {
        using (var book = await Opened())
            Assert.True(await book.Delete(RuleId.Parse("cpu-high")));

        using var again = await Opened();

        Assert.Null(again.Find(RuleId.Parse("cpu-high")));
        Assert.Equal(3, again.All.Length);
    }

    [Fact]
    public async Task Seeding_that_was_cut_short_is_done_at_the_next_start()
    {
        _store.FailAfterPuts = 2;
        using (var book = new RuleBook(_store))
            await Assert.ThrowsAsync<StoreException>(() => book.Open(CancellationToken.None));

        _store.FailAfterPuts = null;
        using var again = await Opened();

        Assert.Equal(4, again.All.Length);
    }

    [Fact]
    public async Task Every_change_counts_the_version_and_the_revision_up()
    {
        using var book = await Opened();
        var revision = book.Revision;

        var first = await book.Put(Some("r"));
        var second = await book.Put(Some("r") with { Name = "Renamed" });

        Assert.Equal((1, 2), (first.Version, second.Version));
        Assert.Equal(second, book.Find(second.Id));
        Assert.Equal(revision + 2, book.Revision);
    }

    [Fact]
    public async Task A_change_is_told_once_it_is_in_force()
    {
        using var book = await Opened();
        Rule? seen = null;
        book.Changed += () => seen = book.Find(RuleId.Parse("r"));

        await book.Put(Some("r"));

        Assert.NotNull(seen);
    }

    [Fact]
    public async Task A_change_that_the_store_refused_is_not_in_force()
    {
        using var book = await Opened();
        _store.FailAfterPuts = 0;

        await Assert.ThrowsAsync<StoreException>(async () => await book.Put(Some("r")));

        Assert.Null(book.Find(RuleId.Parse("r")));
    }

    [Fact]
    public async Task A_rule_is_replaced_or_deleted_only_at_the_version_that_was_seen()
    {
        using var book = await Opened();
        var first = (await book.Put(Some("r"), expectedVersion: 0))!;
        var revision = book.Revision;

        Assert.Null(await book.Put(Some("r") with { Name = "Second" }, expectedVersion: 0));
        Assert.Null(await book.Put(Some("r") with { Name = "Third" }, expectedVersion: 7));
        Assert.False(await book.Delete(first.Id, expectedVersion: 7));
        Assert.Equal((first, revision), (book.Find(first.Id), book.Revision));

        Assert.Equal(2, (await book.Put(Some("r"), first.Version))?.Version);
        Assert.True(await book.Delete(first.Id, expectedVersion: 2));
    }

    [Fact]
    public async Task What_another_process_wrote_is_not_deleted_and_is_in_force_from_then_on()
    {
        var store = new InMemoryRuleStore();
        using var book = new RuleBook(store);
        await book.Open(default);
        var known = await book.Put(Some("r"));
        var theirs = known with { Name = "Theirs", Version = 2 };
        await store.Put(theirs, default);

        Assert.False(await book.Delete(known.Id, known.Version));
        Assert.Equal(theirs, book.Find(known.Id));
        Assert.Contains(theirs, await store.List(default));
    }

    [Fact]
    public async Task A_device_answers_to_the_rules_for_all_for_its_type_and_for_itself()
    {
        using var book = await Opened();
        foreach (var shipped in book.All)
            await book.Delete(shipped.Id);

        await book.Put(Some("for-all"));
        await book.Put(Some("for-sensors") with { DeviceType = "Sensor" });
        await book.Put(Some("for-d1") with { DeviceIds = [Device] });
        await book.Put(Some("switched-off") with { Active = false });

        Assert.Equal(["for-all", "for-d1", "for-sensors"], Ids(book.For(Device, "sensor")));
        Assert.Equal(["for-all", "for-d1"], Ids(book.For(Device, null)));
        Assert.Equal(["for-all", "for-sensors"], Ids(book.For(DeviceId.Parse("d2"), "SENSOR")));
        Assert.Equal(["for-all"], Ids(book.For(DeviceId.Parse("d2"), "pump")));
    }

    [Fact]
    public async Task Any_set_of_rules_is_shared_out_as_if_each_device_were_asked_alone()
    {
        using var book = await Opened();
        var number = 0;
        var rules = new List<Rule>(book.All);
        AnyRule.ForAll(rule => rules.Add(rule with { Id = RuleId.Parse($"any-{number++}") }));
        foreach (var rule in rules.Where(rule => book.Find(rule.Id) is null))
            await book.Put(rule);

        foreach (var device in (DeviceId[])[Device, DeviceId.Parse("D_3"), DeviceId.Parse("other")])
        {
            foreach (var type in (string?[])[null, "sensor", "SENSOR", "all", "other"])
                Assert.Equal(Ids(RuleSet.For(device, type, book.All)), Ids(book.For(device, type)));
        }
    }

    [Fact]
    public void Every_shipped_rule_is_one_that_could_be_written() =>
        Assert.All(ShippedRules.All, rule => Assert.Equal(rule, RuleDocumentReader.Read(RuleDocumentJson.Write(rule)).Rule));

    private async Task<RuleBook> Opened()
    {
        var book = new RuleBook(_store);
        await book.Open(CancellationToken.None);
        return book;
    }

    private static IEnumerable<string> Ids(RuleSet rules) => rules.Rules.Select(rule => rule.Id.Value);

    private static Rule Some(string id) =>
        RuleDocumentReader.Read($$$"""{"ruleId":"{{{id}}}","condition":{"metric":"t","operator":">","threshold":1}}""").Rule!;
}
