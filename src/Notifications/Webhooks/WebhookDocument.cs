using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Application;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Telemetry;
using OrleansIot.Domain;

namespace OrleansIot.Notifications.Webhooks;

/// <summary>The body of a webhook call.</summary>
/// <param name="Id">The same whenever the same step is told again; also the header <c>Idempotency-Key</c>.</param>
/// <param name="Type"><c>alert.triggered</c>, <c>alert.acknowledged</c> or <c>alert.resolved</c>.</param>
/// <param name="At">When the step happened.</param>
/// <param name="Alert">As it was after the step; the shape is the API's.</param>
public sealed record WebhookDocument(string Id, string Type, Instant At, AlertDocument Alert, WebhookDevice Device)
{
    public static WebhookDocument Of(OutboxMessage message) => new(
        message.Id,
        $"alert.{RuleDocumentWords.Of(message.Transition).Single()}",
        message.CreatedAt,
        AlertDocument.Of(message.Alert),
        new WebhookDevice(message.Alert.Device.Value, message.DeviceName));

    internal byte[] ToUtf8Json() => JsonSerializer.SerializeToUtf8Bytes(this, WebhookJson.Default.WebhookDocument);
}

/// <param name="Name">As it was when the step happened; null where the device has none.</param>
public sealed record WebhookDevice(string DeviceId, string? Name);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantJsonConverter), typeof(MetricValueJsonConverter)])]
[JsonSerializable(typeof(WebhookDocument))]
internal sealed partial class WebhookJson : JsonSerializerContext;
