using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansIot.Application.Notifications.Ports;

namespace OrleansIot.Notifications.Http;

/// <summary>One POST, and what its answer means for the message. Addresses stay out of outcomes: they may hold a secret.</summary>
internal sealed class HttpDelivery(IHttpClientFactory clients, TimeProvider time)
{
    /// <summary>Enough for any error message; a receiver cannot make us read more.</summary>
    public const int MaxAnswerBytes = 4 * 1024;

    private const int ShownCharacters = 120;

    public async ValueTask<DeliveryResult> Send(string client, HttpRequestMessage request, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            using var http = clients.CreateClient(client);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var verdict = VerdictOf(response.StatusCode);
            var said = verdict == DeliveryVerdict.Delivered ? "" : await ReadStart(response, cancellation);
            var outcome = string.Create(
                CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase} in {time.GetElapsedTime(started).TotalMilliseconds:0} ms{said}");
            return new DeliveryResult(verdict, outcome, verdict == DeliveryVerdict.Retry ? RetryAfter(response) : null);
        }
        catch (HttpRequestException e)
        {
            return new DeliveryResult(DeliveryVerdict.Retry, Reason(e));
        }
        catch (IOException e)
        {
            return new DeliveryResult(DeliveryVerdict.Retry, $"the connection broke: {e.Message}");
        }
    }

    private static DeliveryVerdict VerdictOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => DeliveryVerdict.Delivered,
        408 or 425 or 429 or >= 500 => DeliveryVerdict.Retry,
        _ => DeliveryVerdict.Refused,
    };

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } span } => span,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static async Task<string> ReadStart(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxAnswerBytes];
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        var text = string.Concat(Encoding.UTF8.GetString(buffer, 0, read).Where(c => !char.IsControl(c)).Take(ShownCharacters)).Trim();
        return text.Length == 0 ? "" : $": {text}";
    }

    private static string Reason(HttpRequestException e) => e switch
    {
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "connection refused",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "the name could not be resolved",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection: the certificate was not accepted",
        { HttpRequestError: HttpRequestError.Unknown } => "the request failed",
        _ => $"the request failed: {e.HttpRequestError}",
    };
}
