using System.Collections.Immutable;
using OrleansIot.Application;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Twins;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Grains.Tests;

public sealed class OwnedOnce(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private readonly TestedCluster _cluster = shared.Cluster;

    [Fact]
    public async Task Commands_from_all_silos_at_once_meet_one_owner_and_each_is_recorded_once()
    {
        const int PerSilo = 300;
        var answers = await Task.WhenAll(Enumerable.Range(0, 2 * PerSilo).Select(i => Task.Run(() => _cluster.Ingest(i % 2, "crowded", i, $"m-{i}").AsTask())));

        Assert.All(answers, answer => Assert.IsType<Decision.Accepted>(answer));
        var recorded = _cluster.Store.Journal.EventsOf(DeviceId.Parse("crowded")).OfType<TwinEvent.ReadingRecorded>().ToList();
        Assert.Equal(2 * PerSilo, recorded.Count);
        Assert.Equal(2 * PerSilo, recorded.DistinctBy(reading => reading.Key).Count());
        Assert.Equal(1, _cluster.Owners("crowded"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Readings_sent_one_after_the_other_without_waiting_stay_in_their_order(int from)
    {
        var device = $"ordered-{from}";
        await _cluster.Ingest(0, device, -1);
        var sent = Enumerable.Range(0, 500).Select(i => _cluster.Ingest(from, device, i).AsTask()).ToArray();
        await Task.WhenAll(sent).Within("500 answers");

        var values = _cluster.Store.Journal.EventsOf(DeviceId.Parse(device)).OfType<TwinEvent.ReadingRecorded>().Select(e => e.Reading.Metrics[0].Value.Number);
        Assert.Equal(Enumerable.Range(-1, 501).Select(i => (double)i), values);
    }

    [Fact]
    public async Task What_gathers_for_a_device_of_another_silo_shares_messages_and_commits()
    {
        await _cluster.Ingest(0, "batched", 0);
        var before = _cluster.Store.Journal.Commits;

        var mayCommit = new TaskCompletionSource();
        _cluster.Store.Journal.HoldUntil(mayCommit.Task);
        var sent = Enumerable.Range(0, 200).Select(i => _cluster.Ingest(1, "batched", i).AsTask()).ToArray();
        mayCommit.SetResult();
        await Task.WhenAll(sent).Within("200 answers");
        _cluster.Store.Journal.HoldUntil(Task.CompletedTask);

        Assert.InRange(_cluster.Store.Journal.Commits - before, 1, 20);
    }

    [Fact]
    public async Task A_twin_is_the_same_from_either_silo()
    {
        await _cluster.Ingest(1, "seen", 42);

        var here = await _cluster.Twins(1).Find(DeviceId.Parse("seen"));
        var there = await _cluster.Twins(0).Find(DeviceId.Parse("seen"));

        Assert.NotNull(here);
        Assert.NotNull(there);
        Assert.Equal(here.Twin, there.Twin);
    }

    [Fact]
    public async Task Asking_for_a_device_never_heard_of_makes_none()
    {
        Assert.Null(await _cluster.Twins(0).Find(DeviceId.Parse("never-heard-of")));
        Assert.Equal(0, _cluster.Owners("never-heard-of"));
        var unchanged = await _cluster.Twins(0).Execute(DeviceId.Parse("never-heard-of"), new TwinCommand.OpenSession(new SessionId(1), TestedCluster.Now));
        Assert.Empty(Assert.IsType<Decision.Accepted>(unchanged).Events);
        Assert.Null(await _cluster.Twins(1).Find(DeviceId.Parse("never-heard-of")));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task A_store_that_fails_is_an_unknown_outcome_to_the_sender_and_forgotten_by_the_owner(int from, bool isTransient)
    {
        var device = $"failing-{from}-{isTransient}";
        await _cluster.Ingest(0, device, 1);
        _cluster.Store.Journal.FailNext(new StoreException("The disk is full.", isTransient));

        var refused = await Assert.ThrowsAsync<TwinUnavailableException>(() => _cluster.Ingest(from, device, 2, "again").AsTask());

        Assert.Equal(isTransient, refused.IsTransient);
        await Eventually.IsTrue("the device is served again", async () =>
        {
            try
            {
                return await _cluster.Ingest(from, device, 2, "again") is Decision.Accepted;
            }
            catch (TwinUnavailableException)
            {
                return false;
            }
        });
        Assert.Equal(2, _cluster.Store.Journal.EventsOf(DeviceId.Parse(device)).OfType<TwinEvent.ReadingRecorded>().Count());
        Assert.Equal(1, _cluster.Owners(device));
    }

    [Fact]
    public async Task An_owner_that_finds_somebody_else_s_events_in_the_journal_acknowledges_nothing_and_gives_way()
    {
        var device = DeviceId.Parse("contested");
        await _cluster.Ingest(0, "contested", 1);
        var intruder = new TwinEvent.Described(new DeviceDescription("Intruder", null, null, []), TestedCluster.Now);
        var version = _cluster.Store.Journal.EventsOf(device).Count;
        await _cluster.Store.Journal.Append(new TwinAppend(device, version, [intruder], []), CancellationToken.None);

        var refused = await Assert.ThrowsAsync<TwinUnavailableException>(() => _cluster.Ingest(0, "contested", 2).AsTask());

        Assert.IsType<JournalConflictException>(refused.InnerException);
        await Eventually.IsTrue("the next owner knows all events", async () => (await _cluster.Twins(0).Find(device))?.Twin.Description.Name == "Intruder");
        Assert.Single(_cluster.Store.Journal.EventsOf(device).OfType<TwinEvent.ReadingRecorded>());
    }

    [Fact]
    public async Task A_twin_taken_up_anew_needs_its_snapshot_and_the_events_since_alone()
    {
        var device = DeviceId.Parse("cold");
        for (var i = 0; i < 5; i++)
            await _cluster.Ingest(0, "cold", i);

        await _cluster.Deactivate(_cluster.Client.GetGrain<ITwinOwnerGrain>("cold"));
        Assert.Equal(0, _cluster.Owners("cold"));
        Assert.Equal(_cluster.Store.Journal.EventsOf(device).Count, (await _cluster.Store.Journal.Load(device, CancellationToken.None))?.Version);

        // What the snapshot holds is not read again: it could not be.
        _cluster.Store.Journal.Damage(device);
        var tail = new TwinEvent.Described(new DeviceDescription("Tail", null, null, []), TestedCluster.Now);
        await _cluster.Store.Journal.Append(new TwinAppend(device, _cluster.Store.Journal.EventsOf(device).Count, [tail], []), CancellationToken.None);

        var twin = (await _cluster.Twins(1).Find(device))?.Twin;
        Assert.NotNull(twin);
        Assert.Equal("Tail", twin.Description.Name);
        Assert.Equal(4, twin.Readings[0].Value.Number);
    }

    [Fact]
    public async Task A_rule_s_for_ends_by_the_owner_s_own_timer()
    {
        await _cluster.Rules(1).Put(Given.RuleAbove("timed", "timed-metric", 10, forSeconds: 1));
        await _cluster.Twins(0).Execute(DeviceId.Parse("timed"), TestedCluster.Reading("timed-metric", 11));

        await Eventually.IsTrue("the alert", async () => (await _cluster.Twins(1).Find(DeviceId.Parse("timed")))!.Twin.OpenAlerts.Length == 1);
    }

    [Fact]
    public async Task A_batch_of_which_one_part_fails_acknowledges_none_of_it()
    {
        await _cluster.Ingest(0, "part", 0);
        var mayCommit = new TaskCompletionSource();
        _cluster.Store.Journal.HoldUntil(mayCommit.Task);
        _cluster.Store.Journal.FailNext(new StoreException("The disk is full.", isTransient: true));
        var sent = Enumerable.Range(0, 20).Select(i => _cluster.Ingest(1, "part", i, $"part-{i}").AsTask()).ToArray();
        mayCommit.SetResult();
        await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _cluster.Store.Journal.HoldUntil(Task.CompletedTask);

        var stored = _cluster.Store.Journal.EventsOf(DeviceId.Parse("part")).OfType<TwinEvent.ReadingRecorded>().Select(e => e.Key).ToImmutableHashSet();
        for (var i = 0; i < sent.Length; i++)
            Assert.True(!sent[i].IsCompletedSuccessfully || stored.Contains(Domain.Telemetry.MessageKey.OfMessageId($"part-{i}")), $"part-{i} was acknowledged and is not stored.");

        Assert.Contains(sent, one => one.IsFaulted);
    }
}
