using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>A step of a random life. Which alert or moment it means is only known when it is taken.</summary>
public abstract record Step
{
    private Step()
    {
    }

    public sealed record Reports(string[] Metrics, object[] Values, int Late, int? Session, int? MessageId, int? PacketId, bool Dup) : Step
    {
        public override string ToString() =>
            $"Reports({string.Join(' ', Metrics.Zip(Values, (metric, value) => $"{metric}={value}"))}, late {Late}, session {Session}, id {MessageId}, packet {PacketId}{(Dup ? " DUP" : "")})";
    }

    public sealed record Connects(int Session) : Step;

    public sealed record Disconnects(int Session) : Step;

    public sealed record Describes(string Location) : Step;

    /// <param name="Shadow">Empty: the classic one.</param>
    /// <param name="State">Null: deletes it.</param>
    public sealed record Shadows(string Shadow, string? State, int? Version, int? Session) : Step;

    /// <param name="Pick">Which of all alerts there ever were.</param>
    public sealed record Acknowledges(int Pick) : Step;

    public sealed record Resolves(int Pick) : Step;

    public sealed record Reviews : Step;

    /// <summary>Time goes on to the next review that is due, where there is one.</summary>
    public sealed record SleepsUntilDue : Step;

    public sealed record Restarts(int Grace) : Step;

    public sealed record RulesBecome(Rule[] Rules) : Step
    {
        public override string ToString() => $"RulesBecome({string.Join(" | ", Rules.Select(Describe))})";

        private static string Describe(Rule rule) => $"{rule.Id}: {rule.Condition}, clear {rule.ClearThreshold}, cooldown {rule.Cooldown.TotalSeconds} s, {(rule.Active ? "on" : "off")}";
    }
}

/// <summary>Few names, values and moments, so that they meet often.</summary>
public sealed record RandomLife(Step.RulesBecome Rules, (int Milliseconds, Step Step)[] Steps)
{
    private static readonly string[] Metrics = ["a", "b", "c"];

    private static readonly Gen<object> Value = Gen.Frequency(
        (8, Gen.Choose(0, 6).Select(number => (object)number)),
        (1, Gen.Elements<object>(true, false)),
        (1, Gen.Elements<object>("on", "off")));

    private static readonly Gen<int?> Session = Gen.Frequency<int?>((1, Gen.Constant<int?>(null)), (2, Gen.Choose(1, 3).Select(id => (int?)id)));

    private static readonly Gen<Rule> MetricRule =
        from id in Gen.Elements("r1", "r2", "r3")
        from metric in Gen.Elements(Metrics)
        from comparison in Gen.Elements(Enum.GetValues<ComparisonOperator>())
        from threshold in Value
        from clear in Gen.Frequency<int?>((2, Gen.Constant<int?>(null)), (1, Gen.Choose(0, 6).Select(number => (int?)number)))
        from duration in Gen.Elements(0, 0, 1, 3, 5)
        from cooldown in Gen.Elements(0, 0, 2, 10)
        from active in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
        select Words.Watch(id, metric, comparison, threshold).For(duration).Cooling(cooldown) with { ClearThreshold = clear, Active = active };

    private static readonly Gen<Rule> StatusRule =
        from status in Gen.Elements("online", "offline")
        from duration in Gen.Elements(0, 2)
        from cooldown in Gen.Elements(0, 4)
        select Words.Watch("r4", "$status", ComparisonOperator.Equal, status).For(duration).Cooling(cooldown);

    private static readonly Gen<Step.RulesBecome> Definitions =
        from metricRules in MetricRule.ListOf()
        from statusRules in StatusRule.ListOf()
        select new Step.RulesBecome([.. metricRules.Concat(statusRules).DistinctBy(rule => rule.Id)]);

    private static readonly Gen<Step> Report =
        from names in Gen.SubListOf<string>(Metrics)
        let metrics = names.Count == 0 ? [Metrics[0]] : names.ToArray()
        from values in Value.ArrayOf(metrics.Length)
        from late in Gen.Elements(0, 0, 0, 1500, -4000)
        from session in Session
        from identity in Gen.Choose(0, 3)
        from number in Gen.Choose(1, 4)
        from dup in Gen.Elements(true, false)
        select (Step)new Step.Reports(metrics, values, late, session, identity == 1 ? number : null, identity == 2 ? number : null, dup && identity == 2);

    private static readonly Gen<Step> Shadows =
        from shadow in Gen.Elements("", "lamp", "config")
        from state in Gen.Elements("{}", "null", """{"desired":{"a":1,"b":{"c":[1]}}}""", """{"reported":{"a":1}}""", """{"desired":null,"reported":{"a":null}}""", null)
        from version in Gen.Frequency<int?>((4, Gen.Constant<int?>(null)), (1, Gen.Choose(0, 3).Select(number => (int?)number)))
        from session in Session
        select (Step)new Step.Shadows(shadow, state, version, session);

    private static readonly Gen<Step> Any = Gen.Frequency(
        (12, Report),
        (3, Gen.Choose(1, 3).Select(session => (Step)new Step.Connects(session))),
        (3, Gen.Choose(1, 3).Select(session => (Step)new Step.Disconnects(session))),
        (1, Gen.Elements("attic", "cellar").Select(location => (Step)new Step.Describes(location))),
        (3, Shadows),
        (2, Gen.Choose(0, 9).Select(pick => (Step)new Step.Acknowledges(pick))),
        (2, Gen.Choose(0, 9).Select(pick => (Step)new Step.Resolves(pick))),
        (2, Gen.Constant((Step)new Step.Reviews())),
        (4, Gen.Constant((Step)new Step.SleepsUntilDue())),
        (1, Gen.Choose(0, 8).Select(grace => (Step)new Step.Restarts(grace))),
        (1, Definitions.Select(rules => (Step)rules)));

    public static Arbitrary<RandomLife> Arbitrary { get; } = Arb.From(
        from rules in Definitions
        from steps in Gen.Elements(0, 1, 400, 1000, 2500).SelectMany(pause => Any.Select(step => (pause, step))).ListOf()
        select new RandomLife(rules, [.. steps]),
        Shrink);

    public override string ToString() =>
        string.Join('\n', Steps.Select(one => $"  +{one.Milliseconds} ms {one.Step}").Prepend($"\n  {Rules}"));

    // First half of the steps, then each step alone, left out; then each rule.
    private static IEnumerable<RandomLife> Shrink(RandomLife life)
    {
        var count = life.Steps.Length;
        if (count > 3)
        {
            yield return life with { Steps = life.Steps[..(count / 2)] };
            yield return life with { Steps = life.Steps[(count / 2)..] };
        }

        for (var i = 0; i < count; i++)
            yield return life with { Steps = [.. life.Steps[..i], .. life.Steps[(i + 1)..]] };

        for (var i = 0; i < life.Rules.Rules.Length; i++)
            yield return life with { Rules = new([.. life.Rules.Rules[..i], .. life.Rules.Rules[(i + 1)..]]) };
    }
}

/// <summary>Takes the steps and keeps all that a property may want to look at.</summary>
internal sealed class LivedLife
{
    public static readonly PresencePolicy Presence = new(TimeSpan.FromSeconds(6));

    private readonly List<AlertId> _alerts = [];

    public Instant Now { get; private set; } = Words.At(0);

    public Twin Twin { get; private set; } = new(Words.Boiler);

    /// <summary>The rules as the owner has them; after a change it has reviewed the twin.</summary>
    public RuleSet Rules { get; private set; } = RuleSet.Empty;

    public List<TwinEvent> Events { get; } = [];

    /// <summary>
    /// False where the rules changed while the device was away: its old values are judged by them at a review after it has spoken
    /// again, and no clock tells when that is.
    /// </summary>
    public bool ValuesAreJudged { get; private set; } = true;

    public TwinContext Context => new(Rules, Presence);

    public Instant? NextReview => TwinRules.NextReview(Twin, Context);

    /// <summary>Each command decided, with the twin before it.</summary>
    public static IEnumerable<(LivedLife Life, Twin Before, TwinCommand Command, Decision Decision)> Of(RandomLife random)
    {
        var life = new LivedLife();
        foreach (var (pause, step) in random.Steps.Prepend((0, random.Rules)))
        {
            life.Now += TimeSpan.FromMilliseconds(pause);
            if (life.Take(step) is not { } command)
                continue;

            var before = life.Twin;
            var decision = TwinRules.Decide(before, command, life.Context);
            foreach (var happened in EventsOf(decision))
                life.Believe(happened);

            if (command is TwinCommand.Review)
                life.ValuesAreJudged = (life.ValuesAreJudged && step is not Step.RulesBecome) || life.IsHeard;

            yield return (life, before, command, decision);
        }
    }

    public static IEnumerable<TwinEvent> EventsOf(Decision decision) => decision is Decision.Accepted { Events: var events } ? events : [];

    private bool IsHeard => Twin.Status != DeviceStatus.Offline && !(Twin.LastSeen < Twin.StatusSince);

    private TwinCommand Command(Step.Shadows step)
    {
        var name = step.Shadow.Length == 0 ? ShadowName.Classic : ShadowName.Parse(step.Shadow);
        if (step.State is null)
            return new TwinCommand.DeleteShadow(name, step.Version, null, "ana", Now);

        var patch = ShadowRequest.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"state":{{step.State}}}"""), 6, out _, out _)!.State;
        return new TwinCommand.UpdateShadow(name, patch, step.Version, "token", "ana", step.Session is { } session ? new SessionId(session) : null, Now);
    }

    private TwinCommand? Take(Step step)
    {
        switch (step)
        {
            case Step.Reports report:
                return Command(report);
            case Step.Connects connects:
                return new TwinCommand.OpenSession(new SessionId(connects.Session), Now);
            case Step.Disconnects disconnects:
                return new TwinCommand.CloseSession(new SessionId(disconnects.Session), "connection lost", Now);
            case Step.Describes describes:
                return new TwinCommand.Describe(DeviceDescription.None with { Location = describes.Location }, Now);
            case Step.Shadows shadows:
                return Command(shadows);
            case Step.Acknowledges acknowledges:
                return new TwinCommand.AcknowledgeAlert(Pick(acknowledges.Pick), "ana", Now);
            case Step.Resolves resolves:
                return new TwinCommand.ResolveAlert(Pick(resolves.Pick), "ana", Now);
            case Step.SleepsUntilDue when NextReview is { } due:
                Now = due > Now ? due : Now;
                return new TwinCommand.Review(Now);
            case Step.Restarts restarts:
                Twin = Twin.Recovered(Now, TimeSpan.FromSeconds(restarts.Grace));
                return null;
            case Step.RulesBecome becomes:
                Rules = RuleSet.For(Words.Boiler, null, becomes.Rules);
                return new TwinCommand.Review(Now);
            default:
                return new TwinCommand.Review(Now);
        }
    }

    private TwinCommand.Ingest Command(Step.Reports report)
    {
        var metrics = report.Metrics.Zip(report.Values, Words.Metric);
        var key = report switch
        {
            { MessageId: { } id } => MessageKey.OfMessageId($"m-{id}"),
            { PacketId: { } id } => MessageKey.OfDelivery((ushort)id, "t"u8, []),
            _ => MessageKey.None,
        };
        return new TwinCommand.Ingest(
            new Reading(Now - TimeSpan.FromMilliseconds(report.Late), Now, [.. metrics]),
            key,
            KeyIsMessageId: report.MessageId is not null,
            report.Dup,
            report.Session is { } session ? new SessionId(session) : null);
    }

    private AlertId Pick(int pick) => _alerts.Count == 0 ? Words.Alert(Words.Hot, 1) : _alerts[pick % _alerts.Count];

    private void Believe(TwinEvent happened)
    {
        Twin = TwinEvolution.Evolve(Twin, happened);
        Events.Add(happened);
        if (happened is TwinEvent.AlertTriggered { Alert.Id: var id })
            _alerts.Add(id);
    }
}
