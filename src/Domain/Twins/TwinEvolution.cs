using System.Collections.Immutable;
using System.Diagnostics;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>How an event changes what is believed. Judges nothing: an event has happened.</summary>
public static class TwinEvolution
{
    public static Twin Evolve(Twin twin, TwinEvent happened)
    {
        var version = twin.Version + 1;
        return happened switch
        {
            TwinEvent.ReadingRecorded e => twin with
            {
                Version = version,
                LastSeen = twin.LastSeen > e.At ? twin.LastSeen : e.At,
                Readings = twin.Readings.With(e.Reading),
                Flags = twin.Flags.IsEmpty && e.Reading.Flags.IsEmpty ? twin.Flags : ReadingFlags.After(twin, e.Reading),
                RecentMessages = e.Key.IsNone ? twin.RecentMessages : twin.RecentMessages.Add(e.Key),
                Sequences = e.Sequence is { } sequence ? twin.Sequences.Add(sequence) : twin.Sequences,
                Clock = ClockSkew.After(twin.Clock, e.Reading),
            },
            TwinEvent.CameOnline e => WithStatus(twin, DeviceStatus.Online, e.Reason, e.At) with { Version = version, Session = e.Session ?? twin.Session },
            TwinEvent.WentOffline e => WithStatus(twin, DeviceStatus.Offline, e.Reason, e.At) with { Version = version, Session = null },
            TwinEvent.Described e => twin with { Version = version, Description = e.Description },
            TwinEvent.MaintenanceBegan e => twin with { Version = version, Maintenance = new Maintenance(twin.Maintenance?.Since ?? e.At, e.Reason, e.By) },
            TwinEvent.MaintenanceEnded => twin with { Version = version, Maintenance = null },
            TwinEvent.RulePending e => twin with { Version = version, Rules = WithPhase(twin, e.Rule, RulePhase.Pending, e.At) },
            TwinEvent.RuleCleared e => twin with { Version = version, Rules = WithPhase(twin, e.Rule, RulePhase.Idle, e.At) },
            TwinEvent.AlertTriggered e => twin with
            {
                Version = version,
                Rules = WithState(twin.Rules, new RuleState(e.Alert.Rule, RulePhase.Firing, e.At, e.Alert.Id, e.CooldownUntil)),
                OpenAlerts = twin.OpenAlerts.Add(e.Alert),
            },
            TwinEvent.AlertAcknowledged e => twin with { Version = version, OpenAlerts = Acknowledged(twin.OpenAlerts, e) },
            TwinEvent.AlertResolved e => twin with
            {
                Version = version,
                Rules = WithState(twin.Rules, new RuleState(e.Alert.Rule, PhaseAfter(e.Resolution), e.At, null, e.CooldownUntil)),
                OpenAlerts = twin.OpenAlerts.RemoveAll(alert => alert.Id == e.Alert),
            },
            TwinEvent.ShadowUpdated e => twin with { Version = version, Shadows = ShadowDecisions.Evolve(twin.Shadows, e) },
            TwinEvent.ShadowDeleted e => twin with { Version = version, Shadows = ShadowDecisions.Evolve(twin.Shadows, e) },
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The alert as the event left it, from the twin as it was before the event; null for an event that is not about an alert.</summary>
    public static Alert? AlertAfter(Twin before, TwinEvent happened) => happened switch
    {
        TwinEvent.AlertTriggered e => e.Alert,
        TwinEvent.AlertAcknowledged e => before.FindOpen(e.Alert) is { } alert ? Acknowledged(alert, e) : null,
        TwinEvent.AlertResolved e => before.FindOpen(e.Alert) is { } alert
            ? alert with { Status = AlertStatus.Resolved, ResolvedAt = e.At, ResolvedBy = e.By, Resolution = e.Resolution }
            : null,
        _ => null,
    };

    private static RulePhase PhaseAfter(AlertResolution resolution) => resolution == AlertResolution.Manual ? RulePhase.Dismissed : RulePhase.Idle;

    private static Twin WithStatus(Twin twin, DeviceStatus status, string reason, Instant at) =>
        twin.Connectivity == status ? twin : twin with { Connectivity = status, ConnectivityReason = reason, ConnectivitySince = at };

    private static Alert Acknowledged(Alert alert, TwinEvent.AlertAcknowledged e) =>
        alert with { Status = AlertStatus.Acknowledged, AcknowledgedAt = e.At, AcknowledgedBy = e.By };

    private static ImmutableArray<Alert> Acknowledged(ImmutableArray<Alert> alerts, TwinEvent.AlertAcknowledged e) =>
        [.. alerts.Select(alert => alert.Id == e.Alert ? Acknowledged(alert, e) : alert)];

    private static ImmutableArray<RuleState> WithPhase(Twin twin, RuleId rule, RulePhase phase, Instant at) =>
        WithState(twin.Rules, new RuleState(rule, phase, at, null, twin.StateOf(rule)?.CooldownUntil ?? Instant.MinValue));

    // A rule at rest whose cooldown is over is not kept: this one, or any other.
    private static ImmutableArray<RuleState> WithState(ImmutableArray<RuleState> states, RuleState state)
    {
        var others = states.RemoveAll(other => other.Rule == state.Rule || IsOver(other, state.Since));
        if (IsOver(state, state.Since))
            return others;

        var index = 0;
        while (index < others.Length && others[index].Rule < state.Rule)
            index++;

        return others.Insert(index, state);
    }

    private static bool IsOver(RuleState state, Instant now) => state.Phase == RulePhase.Idle && state.CooldownUntil <= now;
}
