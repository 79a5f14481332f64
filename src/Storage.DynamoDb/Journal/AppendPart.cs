using System.Collections.Immutable;
using OrleansIot.Application;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Storage.DynamoDb.Journal;

/// <summary>
/// As much of an append as one item and one transaction take. Nearly always that is all of it. A longer one is written part
/// by part: each is a whole step of the log, with the messages and alerts of its own events, so whatever a crash leaves is
/// a log that ends earlier, as if the rest of the commands had not come yet.
/// </summary>
internal sealed record AppendPart(ImmutableArray<TwinEvent> Events, ImmutableArray<OutboxMessage> Messages)
{
    // An item may have 400 KB; the names of metrics come on top of the events and are at most as long again in theory.
    public const int MostBytes = 180 * 1_024;

    // One event may have all to itself: a reading of 256 metrics with the longest names and texts takes some 300 KB.
    public const int ItemLimit = 390 * 1_024;

    // A transaction has at most 100 writes. The log, its seal, the head and the index take four; a step of an alert
    // has at most 41 (itself, 20 channels, 20 webhooks), so whole steps always fit.
    private const int MostRows = 90;

    public static IReadOnlyList<AppendPart> Of(TwinAppend append)
    {
        if (append.Events.Length == 1)
            return [new AppendPart(append.Events, append.Messages.IsDefault ? [] : append.Messages)];

        List<AppendPart> parts = [];
        List<OutboxMessage> unassigned = append.Messages.IsDefault ? [] : [.. append.Messages];
        var events = ImmutableArray.CreateBuilder<TwinEvent>();
        var messages = ImmutableArray.CreateBuilder<OutboxMessage>();
        var (bytes, rows) = (0, 0);
        var scratch = new ByteBuffer(512);
        foreach (var twinEvent in append.Events)
        {
            scratch.Clear();
            TwinEventCodec.Encode(scratch, twinEvent);
            var caused = unassigned.FindAll(message => IsCauseOf(twinEvent, message));
            unassigned.RemoveAll(caused.Contains);
            var newRows = caused.Count + (AlertOf(twinEvent) is null ? 0 : 1);
            if (events.Count > 0 && (bytes + scratch.Length > MostBytes || rows + newRows > MostRows))
            {
                parts.Add(new AppendPart(events.DrainToImmutable(), messages.DrainToImmutable()));
                (bytes, rows) = (0, 0);
            }

            events.Add(twinEvent);
            messages.AddRange(caused);
            bytes += scratch.Length;
            rows += newRows;
        }

        // A message that no event of this append names belongs to the append as a whole: it goes with the last part that has room.
        if (rows + unassigned.Count > MostRows)
            throw new StoreException($"An append of {append.Device} has {unassigned.Count} messages that no event of it caused; DynamoDB takes at most {MostRows} in one transaction.");

        messages.AddRange(unassigned);
        parts.Add(new AppendPart(events.DrainToImmutable(), InOrder(append.Messages, messages.DrainToImmutable())));
        return parts;
    }

    private static ImmutableArray<OutboxMessage> InOrder(ImmutableArray<OutboxMessage> all, ImmutableArray<OutboxMessage> chosen) =>
        chosen.Length < 2 ? chosen : [.. chosen.OrderBy(all.IndexOf)];

    private static bool IsCauseOf(TwinEvent twinEvent, OutboxMessage message) => AlertOf(twinEvent) is var (alert, step) && alert == message.Alert.Id && step == message.Transition;

    private static (Domain.Alerts.AlertId Alert, AlertTransitions Step)? AlertOf(TwinEvent twinEvent) => twinEvent switch
    {
        TwinEvent.AlertTriggered triggered => (triggered.Alert.Id, AlertTransitions.Triggered),
        TwinEvent.AlertAcknowledged acknowledged => (acknowledged.Alert, AlertTransitions.Acknowledged),
        TwinEvent.AlertResolved resolved => (resolved.Alert, AlertTransitions.Resolved),
        _ => null,
    };
}
