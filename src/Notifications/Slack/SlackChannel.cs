using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Notifications.Http;

namespace OrleansIot.Notifications.Slack;

/// <summary>Posts to a Slack channel by its incoming webhook.</summary>
internal sealed class SlackChannel(HttpDelivery http, IOptions<SlackOptions> slack, IOptions<NotificationOptions> shared) : INotificationChannel
{
    public const string ClientName = "slack";

    public string Name => "slack";

    public bool IsConfigured => !string.IsNullOrEmpty(slack.Value.WebhookUrl);

    public async ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(SlackMessage.Of(message, Dashboard()), SlackJson.Default.SlackMessage);
        using var request = new HttpRequestMessage(HttpMethod.Post, slack.Value.WebhookUrl);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        return await http.Send(ClientName, request, cancellation);
    }

    // With its slash at the end, so that a dashboard below a path keeps that path.
    private Uri? Dashboard() => shared.Value.DashboardUrl is { Length: > 0 } url ? new Uri(url.TrimEnd('/') + "/") : null;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SlackMessage))]
internal sealed partial class SlackJson : JsonSerializerContext;
