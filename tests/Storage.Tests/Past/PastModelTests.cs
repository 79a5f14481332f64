using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Past;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Tests.Sqlite;
using static OrleansIot.Storage.Tests.Samples;
using Instant = OrleansIot.Domain.Instant;

namespace OrleansIot.Storage.Tests.Past;

/// <summary>
/// A device lives a random life, beside another one; whatever happens to the store meanwhile (snapshots, chunks, compaction, a
/// stop, a crash, retention), its events read back as they were, and the state at any instant is the fold of the events until then.
/// </summary>
public sealed class PastModelTests
{
    private static readonly Gen<Func<Instant, TwinEvent>> AnyEvent = Gen.Frequency(
        (8, Reported),
        (1, Gen.Elements("connected", "reading received").Select(reason => Made(at => new TwinEvent.CameOnline(reason, new SessionId(at.UnixMilliseconds), at)))),
        (1, Gen.Constant(Made(at => new TwinEvent.WentOffline("silent", at)))),
        (1, Gen.Elements("attic", "cellar").Select(place => Made(at => new TwinEvent.Described(DeviceDescription.None with { Location = place }, at)))),
        (1, Gen.Constant(Made(at => new TwinEvent.RulePending(TooHot, at)))),
        (1, Gen.Choose(1, 3).Select(number => Made(at => Triggered(Alert(Boiler, number, 0) with { TriggeredAt = at })))),
        (1, Gen.Choose(1, 3).Select(number => Made(at => new TwinEvent.AlertAcknowledged(new AlertId(Boiler, TooHot, number), "ana", at)))),
        (1, Gen.Choose(1, 3).Select(number => Made(at => new TwinEvent.AlertResolved(new AlertId(Boiler, TooHot, number), AlertResolution.Cleared, null, at + TimeSpan.FromMinutes(1), at)))));

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (8, Paused.NonEmptyListOf().Select(events => (Step)new Step.Append([.. events]))),
        (3, Gen.Choose(0, 5).Select(behind => (Step)new Step.Snapshot(behind))),
        (3, Gen.Elements(6, 20, 700, 1_500).Select(minutes => (Step)new Step.Pause(minutes))),
        (1, Gen.Constant<Step>(new Step.Restart())),
        (1, Gen.Constant<Step>(new Step.Crash())),
        (2, Gen.Choose(0, 4_000).Select(minutes => (Step)new Step.Expire(minutes))));

    private static Gen<Func<Instant, TwinEvent>> Reported =>
        from late in Gen.Elements(0, 40, 40, 5_000, -3_000)
        from name in Gen.Elements(Temperature, Pressure)
        from value in Gen.Choose(0, 50)
        from key in Gen.Choose(0, 3)
        select Made(at => new TwinEvent.ReadingRecorded(new Reading(new Instant(at.UnixMilliseconds - late), at, [new(name, MetricValue.Of(value))]), new MessageKey((ulong)key)));

    private static Gen<(int Pause, Func<Instant, TwinEvent> Event)> Paused =>
        from pause in Gen.Choose(0, 40_000)
        from one in AnyEvent
        select (pause, one);

    private abstract record Step
    {
        public sealed record Append(ImmutableArray<(int Pause, Func<Instant, TwinEvent> Event)> Events) : Step
        {
            public override string ToString() => $"Append {Events.Length}";
        }

        /// <param name="Behind">How many events the snapshot is behind.</param>
        public sealed record Snapshot(int Behind) : Step;

        public sealed record Pause(int Minutes) : Step;

        public sealed record Restart : Step;

        public sealed record Crash : Step;

        /// <param name="Minutes">The age from which on events expire.</param>
        public sealed record Expire(int Minutes) : Step;
    }

    [Fact]
    public void The_past_is_what_it_was_whatever_happens_to_the_store() =>
        Prop.ForAll(
            AnyStep.ListOf().Zip(Gen.Choose(0, 1_000_000).ListOf(12)).ToArbitrary(),
            run => new Life([.. run.Item1], [.. run.Item2]).Run().GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static Func<Instant, TwinEvent> Made(Func<Instant, TwinEvent> make) => make;

    private sealed class Life(Step[] steps, int[] picks)
    {
        private readonly List<TwinEvent> _events = [];
        private StoreDirectory _directory = new();
        private StorePorts _store = null!;
        private long _snapshot;
        private Instant _horizon = Instant.MinValue;

        private Instant Now => Instant.From(_directory.Time.GetUtcNow());

        public async Task Run()
        {
            _store = StorePorts.Of(await _directory.Open());
            foreach (var step in steps)
            {
                await Take(step);
                await Check(picks[0]);
            }

            foreach (var pick in picks)
                await Check(pick);

            await _directory.DisposeAsync();
        }

        private async Task Take(Step step)
        {
            switch (step)
            {
                case Step.Append append:
                    foreach (var (pause, one) in append.Events)
                    {
                        _directory.Time.Advance(TimeSpan.FromMilliseconds(pause));
                        var happened = one(Now);
                        await _store.Journal.Append(Append(Boiler, _events.Count, happened), default);
                        await _store.Journal.Append(Append(Pump, _events.Count, Recorded(0, 1)), default);
                        _events.Add(happened);
                    }

                    break;

                case Step.Snapshot { Behind: var behind } when _events.Count > behind && _events.Count - behind >= _snapshot:
                    _snapshot = _events.Count - behind;
                    await _store.Snapshots.Save([Fold(_events.Take((int)_snapshot)), new(Pump) { Version = _snapshot }], default);
                    break;

                case Step.Pause { Minutes: var minutes }:
                    for (var waited = 0; waited < minutes; waited += 6)
                        _directory.Time.Advance(TimeSpan.FromMinutes(6));

                    await _store.Rules.MarkSeeded(default);
                    break;

                case Step.Restart:
                    _store = StorePorts.Of(await _directory.Open());
                    break;

                case Step.Crash:
                    var crashed = _directory;
                    _directory = await crashed.AfterCrash();
                    await crashed.DisposeAsync();
                    _store = StorePorts.Of(await _directory.Open());
                    break;

                case Step.Expire { Minutes: var age }:
                    var from = Now - TimeSpan.FromMinutes(age);
                    _horizon = from > _horizon ? from : _horizon;
                    await _store.History.Expire(from, Instant.MinValue, default);
                    break;
            }
        }

        private async Task Check(int pick)
        {
            var first = _events.Count(happened => happened.At < _horizon);
            var after = first + (pick % (_events.Count - first + 1));
            var read = await _store.Journal.Read(Boiler, after, default).ToListAsync();
            Assert.Equal(Expected(after), after >= _snapshot ? read : read.Select(WithoutKey));

            var start = _horizon > Instant.MinValue ? _horizon : At(-1_000);
            var at = new Instant(start.UnixMilliseconds + (long)((Now - start).TotalMilliseconds * (pick / 1_000_000.0)));
            Assert.Equal(Was(at), await _store.Past.At(Boiler, at, default));
            if (_events.Count > 0 && _events[pick % _events.Count].At is var exactly && exactly >= _horizon)
                Assert.Equal(Was(exactly), await _store.Past.At(Boiler, exactly, default));

            if (_horizon > Instant.MinValue && _events.Count > 0)
                Assert.Equal(new PastTwin.Expired(_horizon), await _store.Past.At(Boiler, _horizon - TimeSpan.FromMilliseconds(1), default));
        }

        private IEnumerable<JournaledEvent> Expected(int after)
        {
            var expected = _events.Select((happened, i) => new JournaledEvent(i + 1, happened)).Skip(after);
            return after >= _snapshot ? expected : expected.Select(WithoutKey);
        }

        private PastTwin Was(Instant at) =>
            _events.TakeWhile(happened => happened.At <= at).ToArray() is { Length: > 0 } until ? new PastTwin.Known(TwinPast.Recorded(Fold(until))) : new PastTwin.Unheard();

        private static Twin Fold(IEnumerable<TwinEvent> events) => events.Aggregate(new Twin(Boiler), TwinEvolution.Evolve);

        private static JournaledEvent WithoutKey(JournaledEvent journaled) =>
            journaled.Event is TwinEvent.ReadingRecorded recorded ? journaled with { Event = recorded with { Key = MessageKey.None } } : journaled;
    }
}
