using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansIot.EndToEnd.Tests.Hosts;

/// <summary>Somebody's program that is told of alerts: counts the calls.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Call> _calls = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    public sealed record Call(string IdempotencyKey, string Body);

    public IReadOnlyList<Call> Calls => [.. _calls];

    public string Url => _app.Urls.Single() + "/hook";

    public static async Task<WebhookReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/hook", receiver.Take);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _calls.Enqueue(new Call(request.Headers["Idempotency-Key"].ToString(), await reader.ReadToEndAsync()));
    }
}
