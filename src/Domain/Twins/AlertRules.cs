using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>
/// How rules turn values into alerts. Three-valued: where a value is missing or cannot be compared, nothing fires and nothing
/// resolves. In maintenance conditions are followed, so that a duration runs on, but nothing fires and nothing resolves by itself;
/// its end looks at every rule again. Durations and cooldowns run on our clock (receive time), so that a device's wrong clock cannot stretch them.
/// </summary>
internal static class AlertRules
{
    public static void Evaluate(TwinDraft draft, MetricName metric, MetricValue value, Instant now)
    {
        var rules = draft.Rules.On(metric);
        if (rules.IsEmpty)
            return;

        // What nearly every value comes to: nothing is wrong and nothing was, so that no rule's state need be looked for.
        var isAnyUnderWay = IsAnyUnderWay(draft.Twin);
        foreach (var rule in rules)
        {
            if (isAnyUnderWay || rule.Condition.Holds(value) == true)
                Evaluate(draft, rule, value, now);
        }
    }

    public static void EvaluateStatus(TwinDraft draft, DeviceStatus before, Instant now)
    {
        if (draft.Twin.Status != before)
            Evaluate(draft, MetricName.Status, StatusValue(draft.Twin.Status), now);
    }

    /// <summary>Everything again, without a new value: rules that are due by time, new rules, and rules that are gone.</summary>
    public static void Review(TwinDraft draft, Instant now)
    {
        foreach (var state in draft.Twin.Rules)
        {
            if (draft.Rules.Find(state.Rule) is null)
                Abandon(draft, state, now);
        }

        foreach (var rule in draft.Rules.Rules)
        {
            if (CurrentValue(draft.Twin, rule.Condition.Metric) is { } value)
                Evaluate(draft, rule, value, now);
        }
    }

    public static void ResolveByHand(TwinDraft draft, Alert alert, string by, Instant now)
    {
        var cooldown = draft.Rules.Find(alert.Rule)?.Cooldown ?? TimeSpan.Zero;

        // A rule that was edited meanwhile may cool for less time: what the alert began with still counts.
        var until = Later(now + cooldown, draft.Twin.StateOf(alert.Rule)?.CooldownUntil ?? now);
        draft.Add(new TwinEvent.AlertResolved(alert.Id, AlertResolution.Manual, by, until, now));
    }

    /// <summary>Whether time alone can make a rule in this state fire.</summary>
    public static bool MayTriggerByTime(RuleState state) => state.Phase is RulePhase.Pending or RulePhase.Dismissed;

    /// <summary>When the rule will fire if nothing changes; null where time alone will not make it.</summary>
    public static Instant? TriggersAt(Twin twin, Rule rule, RuleState state) =>
        Due(rule, state) is { } due && CurrentValue(twin, rule.Condition.Metric) is { } value && rule.Condition.Holds(value) == true ? due : null;

    private static void Evaluate(TwinDraft draft, Rule rule, MetricValue value, Instant now)
    {
        var state = draft.Twin.StateOf(rule.Id);
        var held = draft.Twin.Maintenance is not null;
        switch (state?.Phase ?? RulePhase.Idle)
        {
            case RulePhase.Idle:
                if (rule.Condition.Holds(value) == true)
                {
                    if (!held && rule.Condition.Duration == TimeSpan.Zero && (state is null || now >= state.CooldownUntil))
                        Trigger(draft, rule, value, now);
                    else
                        draft.Add(new TwinEvent.RulePending(rule.Id, now));
                }

                break;

            case RulePhase.Pending:
                var holds = rule.Condition.Holds(value);
                if (holds == false)
                    draft.Add(new TwinEvent.RuleCleared(rule.Id, now));
                else if (!held && holds == true && now >= Due(rule, state!))
                    Trigger(draft, rule, value, now);

                break;

            case RulePhase.Firing:
                if (!held && rule.Condition.StillHolds(value, rule.ClearThreshold) == false)
                    draft.Add(new TwinEvent.AlertResolved(state!.Alert!.Value, AlertResolution.Cleared, null, state.CooldownUntil, now));

                break;

            case RulePhase.Dismissed:
                // Between the two thresholds it has not cleared, but nothing new is wrong either: the dismissal stands.
                if (rule.Condition.StillHolds(value, rule.ClearThreshold) == false)
                    draft.Add(new TwinEvent.RuleCleared(rule.Id, now));
                else if (!held && rule.Condition.Holds(value) == true && now >= Due(rule, state!))
                    Trigger(draft, rule, value, now);

                break;
        }
    }

    // A cooldown that runs is a state too, and the most frequent: it counts only when a condition holds again.
    private static bool IsAnyUnderWay(Twin twin)
    {
        foreach (var state in twin.Rules)
        {
            if (state.Phase != RulePhase.Idle)
                return true;
        }

        return false;
    }

    private static void Trigger(TwinDraft draft, Rule rule, MetricValue value, Instant now)
    {
        // The version that this event will have: unique for the device, and the same again when the events are replayed.
        var id = new AlertId(draft.Twin.Device, rule.Id, draft.Twin.Version + 1);
        var alert = new Alert(id, rule.Name, rule.Version, rule.Severity, rule.Condition.ToString(), rule.Condition.Metric, value, now);
        draft.Add(new TwinEvent.AlertTriggered(alert, now + rule.Cooldown));
    }

    private static void Abandon(TwinDraft draft, RuleState state, Instant now)
    {
        if (state.Alert is { } alert)
            draft.Add(new TwinEvent.AlertResolved(alert, AlertResolution.RuleGone, null, state.CooldownUntil, now));
        else if (state.Phase != RulePhase.Idle)
            draft.Add(new TwinEvent.RuleCleared(state.Rule, now));
    }

    private static Instant? Due(Rule rule, RuleState state) => state.Phase switch
    {
        RulePhase.Pending => Later(state.Since + rule.Condition.Duration, state.CooldownUntil),

        // Without a cooldown a dismissed alert comes back only after its condition has cleared once.
        RulePhase.Dismissed when rule.Cooldown > TimeSpan.Zero => state.CooldownUntil,
        _ => null,
    };

    private static MetricValue? CurrentValue(Twin twin, MetricName metric)
    {
        if (metric == MetricName.Status)
            return twin.Status == DeviceStatus.Unknown ? null : StatusValue(twin.Status);

        return IsHeard(twin) ? twin.Readings.Find(metric)?.Value : null;
    }

    // What a device said before it went says nothing about now, nor does a connection alone when it is back.
    private static bool IsHeard(Twin twin) => twin.Connectivity != DeviceStatus.Offline && twin.LastSeen >= twin.ConnectivitySince;

    private static MetricValue StatusValue(DeviceStatus status) => MetricValue.Of(status switch
    {
        DeviceStatus.Online => "online",
        DeviceStatus.Offline => "offline",
        DeviceStatus.Maintenance => "maintenance",
        _ => "unknown",
    });

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;
}
