using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Notifications.Http;

namespace OrleansIot.Notifications.Webhooks;

/// <summary>POSTs a <see cref="WebhookDocument"/> to the addresses that rules name.</summary>
internal sealed class WebhookChannel(HttpDelivery http, IOptions<WebhookOptions> options, TimeProvider time) : INotificationChannel
{
    public const string ClientName = "webhook";

    private const string IdempotencyHeader = "Idempotency-Key";

    public string Name => AlertMessages.WebhookChannel;

    // Each rule brings its own addresses.
    public bool IsConfigured => true;

    public async ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(message.Target, UriKind.Absolute, out var address))
            return new DeliveryResult(DeliveryVerdict.Refused, "the address is not absolute");

        var body = WebhookDocument.Of(message).ToUtf8Json();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        request.Headers.Add(IdempotencyHeader, message.Id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(options.Value.Secret))
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(options.Value.Secret, timestamp, body));

        return await http.Send(ClientName, request, cancellation);
    }
}
