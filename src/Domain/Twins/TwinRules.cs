using System.Diagnostics;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Twins;

/// <summary>What follows from a command. Pure: the same twin, command and context give the same events on any machine at any time.</summary>
public static class TwinRules
{
    public static Decision Decide(Twin twin, TwinCommand command, TwinContext context) => Decide(twin, command, context, out _);

    /// <param name="after">The twin once what was decided has happened: the fold of the decision's events, which deciding has made already.</param>
    public static Decision Decide(Twin twin, TwinCommand command, TwinContext context, out Twin after)
    {
        var draft = new TwinDraft(twin, context);
        Decision decision = command switch
        {
            TwinCommand.Ingest ingest => Ingest(draft, ingest),
            TwinCommand.Describe describe => Describe(draft, describe),
            TwinCommand.UpdateShadow update => UpdateShadow(draft, update),
            TwinCommand.DeleteShadow delete => DeleteShadow(draft, delete),

            // What follows concerns only a device that is known: a connection alone, of a dashboard or a test client, makes no device.
            _ when !twin.Exists => command is TwinCommand.AcknowledgeAlert or TwinCommand.ResolveAlert or TwinCommand.SetMaintenance
                ? new Decision.Rejected(TwinRejection.UnknownDevice)
                : Decision.Accepted.Unchanged,
            TwinCommand.OpenSession open => OpenSession(draft, open),
            TwinCommand.CloseSession close => CloseSession(draft, close),
            TwinCommand.AcknowledgeAlert acknowledge => Acknowledge(draft, acknowledge),
            TwinCommand.ResolveAlert resolve => Resolve(draft, resolve),
            TwinCommand.SetMaintenance set => MaintenanceRules.Decide(draft, set),
            TwinCommand.Review review => Review(draft, review.At, context.Presence),
            _ => throw new UnreachableException(),
        };

        after = decision is Decision.Accepted ? draft.Twin : twin;
        return decision;
    }

    /// <summary>When time alone will next change something: the earliest moment at which a <see cref="TwinCommand.Review"/> is due. Null: never.</summary>
    public static Instant? NextReview(Twin twin, TwinContext context)
    {
        var next = OfflineAt(twin, context.Presence);

        // Nothing fires in maintenance, and its end looks at every rule.
        if (twin.Maintenance is not null)
            return next;

        foreach (var state in twin.Rules)
        {
            if (AlertRules.MayTriggerByTime(state) && context.Rules.Find(state.Rule) is { } rule && AlertRules.TriggersAt(twin, rule, state) is { } due && (next is null || due < next))
                next = due;
        }

        return next;
    }

    private static Decision Ingest(TwinDraft draft, TwinCommand.Ingest ingest)
    {
        var before = draft.Twin;
        var reading = ingest.Reading;
        if (IsRepeat(before, ingest))
            return Decision.Accepted.Unchanged;

        if (draft.Context.Type is { } type)
        {
            var (believed, refusal) = SchemaRules.Apply(type, before, reading);
            if (refusal is not null)
                return new Decision.Rejected(refusal);

            reading = believed;
        }

        if (before.Readings.Count + reading.Metrics.Length > Twin.MaxMetrics && before.Readings.Count + before.Readings.CountNew(reading) > Twin.MaxMetrics)
            return new Decision.Rejected(TwinRejection.TooManyMetrics);

        // A reading takes up its connection where none is open. Where another is, that one took over, and this reading was on its way.
        if (before.Connectivity is DeviceStatus.Unknown or DeviceStatus.Offline || (before.Session is null && ingest.Session is not null))
            draft.Add(new TwinEvent.CameOnline(ingest.Session is null ? "reading received" : "connected", ingest.Session, ingest.At));

        draft.Add(new TwinEvent.ReadingRecorded(reading, ingest.Key) { Sequence = ingest.Sequence });

        for (var i = 0; i < reading.Metrics.Length; i++)
        {
            var metric = reading.Metrics[i];
            // A late value says nothing about now: it is kept in its place and fires nothing.
            if (before.Readings.WouldBeNewest(metric.Name, reading.Moment, i))
                AlertRules.Evaluate(draft, metric.Name, metric.Value, ingest.At);
        }

        AlertRules.EvaluateStatus(draft, before.Status, ingest.At);
        return draft.Decide();
    }

    // A key that the sender chose repeats whenever it is seen again. A key made from the delivery also fits a new message with
    // the same content (packet identifiers are used again), so there the packet must say itself that it is a redelivery.
    private static bool IsRepeat(Twin twin, TwinCommand.Ingest ingest) =>
        (ingest.Sequence is { } sequence && twin.Sequences.Contains(sequence))
        || (!ingest.Key.IsNone && (ingest.KeyIsMessageId || ingest.Redelivered) && twin.RecentMessages.Contains(ingest.Key));

    private static Decision.Accepted OpenSession(TwinDraft draft, TwinCommand.OpenSession open)
    {
        var before = draft.Twin.Status;
        if (draft.Twin.Session != open.Session)
            draft.Add(new TwinEvent.CameOnline("connected", open.Session, open.At));

        AlertRules.EvaluateStatus(draft, before, open.At);
        return draft.Decide();
    }

    private static Decision.Accepted CloseSession(TwinDraft draft, TwinCommand.CloseSession close)
    {
        // Another connection has taken over meanwhile: the end of the old one says nothing.
        if (draft.Twin.Session != close.Session)
            return Decision.Accepted.Unchanged;

        var before = draft.Twin.Status;
        draft.Add(new TwinEvent.WentOffline(close.Reason, close.At));
        AlertRules.EvaluateStatus(draft, before, close.At);
        return draft.Decide();
    }

    private static Decision Describe(TwinDraft draft, TwinCommand.Describe describe)
    {
        if (describe.Expected is { } expected && expected != draft.Twin.Description)
            return new Decision.Rejected(TwinRejection.DescriptionChanged);

        if (draft.Twin.Exists && draft.Twin.Description == describe.Description)
            return Decision.Accepted.Unchanged;

        if (DescriptionRules.Check(describe.Description) is [var fault, ..])
            return new Decision.Rejected(new TwinRejection(fault.Code, $"{fault.Field} {fault.Problem} {fault.Mend}"));

        draft.Add(new TwinEvent.Described(describe.Description, describe.At));
        return draft.Decide();
    }

    private static Decision UpdateShadow(TwinDraft draft, TwinCommand.UpdateShadow update)
    {
        var before = draft.Twin;
        if (ShadowDecisions.Update(draft, update) is { } fault)
            return Rejected(fault);

        // The connection of a device that this request made known was open before anything could know of it.
        if (update.Session is not null && before.Session is null)
            draft.Add(new TwinEvent.CameOnline("connected", update.Session, update.At));

        AlertRules.EvaluateStatus(draft, before.Status, update.At);
        return draft.Decide();
    }

    private static Decision DeleteShadow(TwinDraft draft, TwinCommand.DeleteShadow delete) =>
        ShadowDecisions.Delete(draft, delete) is { } fault ? Rejected(fault) : draft.Decide();

    private static Decision.Rejected Rejected(ShadowFault fault) => new(new TwinRejection(fault.Code, fault.Message));

    private static Decision Acknowledge(TwinDraft draft, TwinCommand.AcknowledgeAlert acknowledge)
    {
        if (draft.Twin.FindOpen(acknowledge.Alert) is not { } alert)
            return new Decision.Rejected(TwinRejection.UnknownAlert);

        if (alert.Status == AlertStatus.Triggered)
            draft.Add(new TwinEvent.AlertAcknowledged(alert.Id, acknowledge.By, acknowledge.At));

        return draft.Decide();
    }

    private static Decision Resolve(TwinDraft draft, TwinCommand.ResolveAlert resolve)
    {
        if (draft.Twin.FindOpen(resolve.Alert) is not { } alert)
            return new Decision.Rejected(TwinRejection.UnknownAlert);

        AlertRules.ResolveByHand(draft, alert, resolve.By, resolve.At);
        return draft.Decide();
    }

    private static Decision.Accepted Review(TwinDraft draft, Instant now, PresencePolicy presence)
    {
        if (OfflineAt(draft.Twin, presence) is { } limit && now >= limit)
            draft.Add(new TwinEvent.WentOffline($"no reading for {presence.HeartbeatLimit.TotalSeconds:0} s", now));

        AlertRules.Review(draft, now);
        return draft.Decide();
    }

    private static Instant? OfflineAt(Twin twin, PresencePolicy presence)
    {
        if (twin.Connectivity != DeviceStatus.Online || twin.Session is not null)
            return null;

        var silentTooLong = (twin.LastSeen ?? twin.ConnectivitySince) + presence.HeartbeatLimit;
        return silentTooLong > twin.GraceUntil ? silentTooLong : twin.GraceUntil;
    }
}
