using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>The words that the stories are told in. Times are seconds after an arbitrary moment; the device is a boiler.</summary>
internal static class Words
{
    public static readonly DeviceId Boiler = DeviceId.Parse("boiler-1");

    /// <summary>Without a connection of its own, the boiler may be silent for 100 s.</summary>
    public static readonly PresencePolicy Presence = new(TimeSpan.FromSeconds(100));

    /// <summary>Fires at once above 70.</summary>
    public static readonly Rule Hot = Watch("hot", "temperature", ComparisonOperator.Above, 70);

    public static readonly Rule Gone = Watch("gone", "$status", ComparisonOperator.Equal, "offline");

    public static Instant At(double seconds) => new(1_700_000_000_000 + (long)(seconds * 1000));

    public static MetricValue Value(object value) => value switch
    {
        string text => MetricValue.Of(text),
        bool boolean => MetricValue.Of(boolean),
        int number => MetricValue.Of(number),
        double number => MetricValue.Of(number),
        _ => throw new ArgumentException("A metric is a number, a boolean or a text.", nameof(value)),
    };

    public static Metric Metric(string name, object value) => new(MetricName.Parse(name), Value(value));

    // Rules

    public static Rule Watch(string id, string metric, ComparisonOperator comparison, object threshold) => new(
        RuleId.Parse(id),
        Name: id,
        Description: null,
        Rule.AllTypes,
        DeviceIds: [],
        new RuleCondition(MetricName.Parse(metric), comparison, Value(threshold), TimeSpan.Zero),
        ClearThreshold: null,
        Severity.Warning,
        Active: true,
        Cooldown: TimeSpan.Zero,
        RuleActions.None,
        Version: 1);

    public static Rule For(this Rule rule, double seconds) =>
        rule with { Condition = rule.Condition with { Duration = TimeSpan.FromSeconds(seconds) } };

    public static Rule Cooling(this Rule rule, double seconds) => rule with { Cooldown = TimeSpan.FromSeconds(seconds) };

    public static Rule ClearingAt(this Rule rule, double threshold) => rule with { ClearThreshold = threshold };

    // Commands

    public static TwinCommand.Ingest Reports(double at, object value, string metric = "temperature", double? measured = null, long? session = null, string? messageId = null) =>
        Reports(at, [Metric(metric, value)], measured, session, messageId);

    public static TwinCommand.Ingest Reports(double at, Metric[] metrics, double? measured = null, long? session = null, string? messageId = null) => new(
        new Reading(At(measured ?? at), At(at), [.. metrics]),
        messageId is null ? MessageKey.None : MessageKey.OfMessageId(messageId),
        KeyIsMessageId: messageId is not null,
        Redelivered: false,
        session is { } id ? new SessionId(id) : null);

    public static TwinCommand.Ingest SendsNumbered(double at, object value, string boot, long number) =>
        Reports(at, value) with { Sequence = MessageSequence.Of(boot, number) };

    /// <summary>A QoS 1 message without an id of its own.</summary>
    public static TwinCommand.Ingest Delivers(double at, object value, ushort packetId, bool dup = false) =>
        Reports(at, value) with { Key = DeliveryKey(value, packetId), Redelivered = dup };

    public static TwinCommand.OpenSession Connects(double at, long session) => new(new SessionId(session), At(at));

    public static TwinCommand.CloseSession Disconnects(double at, long session, string reason = "connection lost") => new(new SessionId(session), reason, At(at));

    public static TwinCommand.Describe Describes(double at, DeviceDescription description) => new(description, At(at));

    public static TwinCommand.AcknowledgeAlert Acknowledges(double at, AlertId alert, string by = "ana") => new(alert, by, At(at));

    public static TwinCommand.ResolveAlert Resolves(double at, AlertId alert, string by = "ana") => new(alert, by, At(at));

    public static TwinCommand.SetMaintenance BeginsWork(double at, string reason = "new bearings") => new(true, reason, "ana", At(at));

    public static TwinCommand.SetMaintenance EndsWork(double at) => new(false, "", "bob", At(at));

    public static TwinCommand.Review Review(double at) => new(At(at));

    // Events

    public static TwinEvent.CameOnline Online(double at, long? session = null) =>
        session is { } id ? new("connected", new SessionId(id), At(at)) : new("reading received", null, At(at));

    public static TwinEvent.WentOffline Offline(double at, string reason = "connection lost") => new(reason, At(at));

    public static TwinEvent.WentOffline FellSilent(double at) => Offline(at, "no reading for 100 s");

    public static TwinEvent.ReadingRecorded Recorded(double at, object value, string metric = "temperature", double? measured = null, MessageKey key = default) =>
        new(new Reading(At(measured ?? at), At(at), [Metric(metric, value)]), key);

    public static TwinEvent.Described Described(double at, DeviceDescription description) => new(description, At(at));

    public static TwinEvent.MaintenanceBegan WorkBegan(double at, string reason = "new bearings") => new(reason, "ana", At(at));

    public static TwinEvent.MaintenanceEnded WorkEnded(double at) => new("bob", At(at));

    public static TwinEvent.RulePending Pending(Rule rule, double at) => new(rule.Id, At(at));

    public static TwinEvent.RuleCleared Cleared(Rule rule, double at) => new(rule.Id, At(at));

    /// <param name="version">The version that the twin has after this event: it names the alert.</param>
    public static TwinEvent.AlertTriggered Triggered(Rule rule, object value, double at, long version) => new(
        new Alert(Alert(rule, version), rule.Name, rule.Version, rule.Severity, rule.Condition.ToString(), rule.Condition.Metric, Value(value), At(at)),
        At(at) + rule.Cooldown);

    public static TwinEvent.AlertAcknowledged Acknowledged(AlertId alert, double at, string by = "ana") => new(alert, by, At(at));

    public static TwinEvent.AlertResolved ResolvedItself(AlertId alert, double at, double coolUntil) =>
        new(alert, AlertResolution.Cleared, null, At(coolUntil), At(at));

    public static TwinEvent.AlertResolved ResolvedByHand(AlertId alert, double at, double? coolUntil = null, string by = "ana") =>
        new(alert, AlertResolution.Manual, by, At(coolUntil ?? at), At(at));

    public static TwinEvent.AlertResolved RuleGone(AlertId alert, double at, double coolUntil) =>
        new(alert, AlertResolution.RuleGone, null, At(coolUntil), At(at));

    public static AlertId Alert(Rule rule, long version) => new(Boiler, rule.Id, version);

    public static MessageKey Key(string messageId) => MessageKey.OfMessageId(messageId);

    public static MessageKey DeliveryKey(object value, ushort packetId) =>
        MessageKey.OfDelivery(packetId, "boiler/telemetry"u8, System.Text.Encoding.UTF8.GetBytes(Value(value).ToString()));
}
