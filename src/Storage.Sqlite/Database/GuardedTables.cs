using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Twins.Encoding;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>The tables that have the checksums of <see cref="GuardedTable"/>, with all their columns.</summary>
internal static class GuardedTables
{
    public static readonly GuardedTable Alerts = new(
        "alert", "Alert", 1, row => AlertCodec.Decode(row.Blob(11)), "",
        "id", "device", "rule", "status", "severity", "triggered_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "resolution", "body");

    public static readonly GuardedTable Rules = new("rule", "Rule", 1, row => RuleCodec.Decode(row.Blob(1)), "Write it again; its open alerts are resolved until then.", "id", "body");

    public static readonly GuardedTable DeviceTypes = new("device_type", "Device type", 1, row => DeviceTypeCodec.Decode(row.Blob(1)), "Write it again; its devices send what they like until then.", "id", "body");

    public static readonly GuardedTable Outbox = new(
        "outbox", "Notification", 1, row => AlertCodec.Decode(row.Blob(12)), "If it was still to be sent, it is not.",
        "id", "alert_id", "channel", "target", "transition", "device_name", "created_at", "status", "attempts", "due_at", "last_attempt_at", "outcome", "alert");

    public static readonly GuardedTable Sessions = new("session", "Session number", 1, null, "Its client begins anew.", "id", "client", "expiry_seconds", "ended_at");

    public static readonly GuardedTable Subscriptions = new("subscription", "The subscription of session number", 2, null, "Its client has to subscribe again.", "session", "filter", "options", "identifier");

    public static readonly GuardedTable Received = new("received", "The received packet of session number", 2, null, "If it is sent again, it counts again.", "session", "packet");

    public static readonly GuardedTable Messages = new("message", "Queued message", 1, null, "Nobody gets it any more.", "id", "topic", "properties", "payload", "qos", "retain", "expires_at");

    public static readonly GuardedTable Deliveries = new(
        "delivery", "The delivery to session number", 2, null, "It is not made any more.", "session", "number", "message", "shared", "qos", "retain", "packet", "released", "subscription_ids");

    public static readonly GuardedTable Wills = new("will", "The will of session number", 1, null, "It is not published.", "session", "at", "topic", "properties", "payload", "qos", "retain", "expires_at");

    public static readonly GuardedTable Retained = new("retained", "The retained message on", 1, null, "New subscribers get it again once it is published again.", "topic", "properties", "payload", "qos", "retain", "expires_at");

    public static readonly GuardedTable[] All = [Alerts, Rules, DeviceTypes, Outbox, Sessions, Subscriptions, Received, Messages, Deliveries, Wills, Retained];
}
