using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>What holds in any life of a device, whatever is asked of it, under any rules and while they change.</summary>
public sealed class TwinProperties
{
    [Fact]
    public void The_version_is_the_number_of_events() => InAnyLife(life =>
    {
        foreach (var (now, before, _, decision) in life)
        {
            Assert.Equal(before.Version + LivedLife.EventsOf(decision).Count(), now.Twin.Version);
            Assert.Equal(now.Events.Count, now.Twin.Version);
        }
    });

    [Fact]
    public void Replaying_the_events_gives_an_equal_twin() => InAnyLife(life =>
    {
        if (life.LastOrDefault().Life is not { } end)
            return;

        var replayed = end.Events.Aggregate(new Twin(Words.Boiler), TwinEvolution.Evolve);
        // A restart is not an event: what it forgets is forgotten on both sides.
        Assert.Equal(end.Twin.Recovered(end.Now, TimeSpan.Zero), replayed.Recovered(end.Now, TimeSpan.Zero));
    });

    [Fact]
    public void What_deciding_hands_back_is_the_fold_of_what_it_decided() => InAnyLife(life =>
    {
        foreach (var (now, before, command, decision) in life)
        {
            TwinRules.Decide(before, command, new TwinContext(RuleSet.For(Words.Boiler, null, now.Rules.Rules), LivedLife.Presence), out var after);
            Assert.Equal(LivedLife.EventsOf(decision).Aggregate(before, TwinEvolution.Evolve), after);
        }
    });

    [Fact]
    public void Deciding_again_decides_the_same() => InAnyLife(life =>
    {
        foreach (var (now, before, command, decision) in life)
        {
            var again = TwinRules.Decide(before, command, new TwinContext(RuleSet.For(Words.Boiler, null, now.Rules.Rules), LivedLife.Presence));
            Assert.Equal(LivedLife.EventsOf(decision), LivedLife.EventsOf(again));
            Assert.Equal(decision as Decision.Rejected, again as Decision.Rejected);
        }
    });

    [Fact]
    public void At_most_one_alert_per_rule_is_open_and_it_is_the_one_the_rule_fires() => InAnyLife(life =>
    {
        foreach (var (now, _, _, _) in life)
        {
            Assert.Distinct(now.Twin.OpenAlerts.Select(alert => alert.Rule));
            Assert.All(now.Twin.OpenAlerts, alert => Assert.True(alert.IsOpen));
            Assert.Equal(
                now.Twin.OpenAlerts.Select(alert => alert.Id).OrderBy(id => id.Rule),
                now.Twin.Rules.Where(state => state.Phase == RulePhase.Firing).Select(state => state.Alert!.Value));
            Assert.All(now.Twin.Rules, state => Assert.Equal(state.Phase == RulePhase.Firing, state.Alert is not null));
        }
    });

    [Fact]
    public void The_states_of_rules_are_in_order_one_per_rule_and_none_is_kept_at_rest() => InAnyLife(life =>
    {
        foreach (var (now, _, _, _) in life)
        {
            var rules = now.Twin.Rules.Select(state => state.Rule).ToArray();
            Assert.Equal(rules.Distinct().Order(), rules);
            Assert.All(now.Twin.Rules, state => Assert.True(state.Phase != RulePhase.Idle || state.CooldownUntil > state.Since));
        }
    });

    [Fact]
    public void An_alert_is_triggered_once_then_perhaps_acknowledged_once_then_resolved_once() => InAnyLife(life =>
    {
        var seen = new Dictionary<AlertId, AlertStatus>();
        foreach (var happened in life.SelectMany(one => LivedLife.EventsOf(one.Decision)))
        {
            switch (happened)
            {
                case TwinEvent.AlertTriggered e:
                    Assert.True(seen.TryAdd(e.Alert.Id, AlertStatus.Triggered));
                    break;
                case TwinEvent.AlertAcknowledged e:
                    Assert.Equal(AlertStatus.Triggered, seen[e.Alert]);
                    seen[e.Alert] = AlertStatus.Acknowledged;
                    break;
                case TwinEvent.AlertResolved e:
                    Assert.NotEqual(AlertStatus.Resolved, seen[e.Alert]);
                    seen[e.Alert] = AlertStatus.Resolved;
                    break;
            }
        }
    });

    [Fact]
    public void Between_two_alerts_of_a_rule_lies_the_cooldown_it_had_at_the_first() => InAnyLife(life =>
    {
        var coolUntil = new Dictionary<RuleId, Instant>();
        foreach (var (now, _, _, decision) in life)
        {
            foreach (var triggered in LivedLife.EventsOf(decision).OfType<TwinEvent.AlertTriggered>())
            {
                var rule = triggered.Alert.Rule;
                Assert.True(triggered.At >= coolUntil.GetValueOrDefault(rule, Instant.MinValue));
                coolUntil[rule] = triggered.At + now.Rules.Find(rule)!.Cooldown;
            }
        }
    });

    [Fact]
    public void An_alert_carries_a_value_that_breaks_its_rule_and_is_the_last_of_its_metric() => InAnyLife(life =>
    {
        foreach (var (now, _, _, decision) in life)
        {
            foreach (var triggered in LivedLife.EventsOf(decision).OfType<TwinEvent.AlertTriggered>())
            {
                var condition = now.Rules.Find(triggered.Alert.Rule)!.Condition;
                Assert.True(condition.Holds(triggered.Alert.ActualValue));
                Assert.Equal(condition.Metric, triggered.Alert.Metric);
                if (!condition.Metric.IsBuiltIn)
                {
                    Assert.Equal(triggered.Alert.ActualValue, now.Twin.Readings.Find(condition.Metric)?.Value);
                    Assert.NotEqual(DeviceStatus.Offline, now.Twin.Status);
                }
            }
        }
    });

    [Fact]
    public void A_condition_without_a_break_for_its_duration_comes_before_each_alert() => InAnyLife(life =>
    {
        // Told from the events alone. A dismissed alert has been through its duration before.
        var pending = new Dictionary<RuleId, Instant>();
        var dismissed = new HashSet<RuleId>();
        foreach (var (now, _, _, decision) in life)
        {
            foreach (var happened in LivedLife.EventsOf(decision))
            {
                switch (happened)
                {
                    case TwinEvent.RulePending e:
                        Assert.True(pending.TryAdd(e.Rule, e.At));
                        break;
                    case TwinEvent.RuleCleared e:
                        Assert.True(pending.Remove(e.Rule) || dismissed.Remove(e.Rule));
                        break;
                    case TwinEvent.AlertTriggered { Alert.Rule: var rule } e when !dismissed.Remove(rule):
                        var since = pending.Remove(rule, out var then) ? then : e.At;
                        Assert.True(e.At - since >= now.Rules.Find(rule)!.Condition.Duration);
                        break;
                    case TwinEvent.AlertResolved { Resolution: AlertResolution.Manual } e:
                        Assert.True(dismissed.Add(e.Alert.Rule));
                        break;
                }
            }
        }
    });

    [Fact]
    public void A_repeat_yields_no_event() => InAnyLife(life =>
    {
        var keys = new HashSet<MessageKey>();
        foreach (var (now, _, command, decision) in life)
        {
            if (command is not TwinCommand.Ingest { Key.IsNone: false } ingest)
                continue;

            var repeat = (ingest.KeyIsMessageId || ingest.Redelivered) && keys.Contains(ingest.Key);
            Assert.Equal(!repeat, LivedLife.EventsOf(decision).OfType<TwinEvent.ReadingRecorded>().Any());
            Assert.Equal(!repeat, LivedLife.EventsOf(decision).Any());
            keys.Add(ingest.Key);
            Assert.Empty(LivedLife.EventsOf(TwinRules.Decide(now.Twin, ingest with { Redelivered = true }, now.Context)));
        }
    });

    [Fact]
    public void A_review_does_something_when_it_is_due_and_nothing_before() => InAnyLife(life =>
    {
        foreach (var (now, _, _, _) in life)
        {
            var due = now.NextReview;
            if (due is { } moment)
                Assert.NotEmpty(ReviewAt(now, moment > now.Now ? moment : now.Now));

            // A millisecond before, half-way and right now; or, where none is due, for a day.
            foreach (var early in due is { } next
                         ? [next - TimeSpan.FromMilliseconds(1), now.Now + ((next - now.Now) / 2), now.Now]
                         : new[] { now.Now, now.Now + TimeSpan.FromDays(1) })
            {
                if (early >= now.Now && (due is null || early < due) && now.ValuesAreJudged)
                    Assert.Empty(ReviewAt(now, early));
            }
        }
    });

    [Fact]
    public void Reviewing_when_due_comes_to_rest() => InAnyLife(life =>
    {
        if (life.LastOrDefault().Life is not { } end)
            return;

        var (twin, now) = (end.Twin, end.Now);
        for (var reviews = 0; TwinRules.NextReview(twin, end.Context) is { } due; reviews++)
        {
            // Each rule can become due once more, and then the device falls silent.
            Assert.True(reviews <= 2 * (end.Rules.Rules.Length + 1));
            now = due > now ? due : now;
            twin = LivedLife.EventsOf(TwinRules.Decide(twin, new TwinCommand.Review(now), end.Context)).Aggregate(twin, TwinEvolution.Evolve);
        }
    });

    [Fact]
    public void A_device_is_online_while_its_connection_is_open_and_offline_no_later_than_the_heartbeat_limit_otherwise() => InAnyLife(life =>
    {
        foreach (var (now, _, command, _) in life)
        {
            if (now.Twin.Session is not null)
                Assert.Equal(DeviceStatus.Online, now.Twin.Status);

            if (now.Twin is { Status: DeviceStatus.Online, Session: null, LastSeen: { } seen } && command is TwinCommand.Review)
                Assert.True(now.Now < seen + LivedLife.Presence.HeartbeatLimit || now.Now < now.Twin.GraceUntil);
        }
    });

    [Fact]
    public void The_connection_is_the_last_one_opened() => InAnyLife(life =>
    {
        SessionId? open = null;
        foreach (var (_, before, command, decision) in life)
        {
            if (command is TwinCommand.OpenSession opened && before.Exists)
            {
                open = opened.Session;
            }
            else if (command is TwinCommand.CloseSession closed && before.Session is not null)
            {
                Assert.Equal(closed.Session == open, LivedLife.EventsOf(decision).OfType<TwinEvent.WentOffline>().Any());
                open = closed.Session == open ? null : open;
            }
            else if (command is TwinCommand.Ingest { Session: { } session } && before.Session is null && LivedLife.EventsOf(decision).Any())
            {
                open = session;
            }
            else if (command is TwinCommand.UpdateShadow { Session: { } own } && before.Session is null && LivedLife.EventsOf(decision).Any())
            {
                open = own;
            }
        }
    });

    private static IEnumerable<TwinEvent> ReviewAt(LivedLife life, Instant moment) =>
        LivedLife.EventsOf(TwinRules.Decide(life.Twin, new TwinCommand.Review(moment), life.Context));

    private static void InAnyLife(Action<IEnumerable<(LivedLife Life, Twin Before, TwinCommand Command, Decision Decision)>> property) =>
        Prop.ForAll(RandomLife.Arbitrary, life => property(LivedLife.Of(life)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80));
}
