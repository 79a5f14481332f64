using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Http;

/// <summary>A call as it arrived.</summary>
public sealed record HttpCall(string Path, IHeaderDictionary Headers, byte[] Body, string? ContentType)
{
    /// <summary>Names the connection that it came over.</summary>
    public string Connection { get; init; } = "";
}

/// <summary>Somebody else's web server on this machine: takes calls and answers each as the test said before.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<HttpCall> _all = new();
    private readonly Channel<HttpCall> _unseen = Channel.CreateUnbounded<HttpCall>();
    private readonly ConcurrentQueue<RequestDelegate> _answers = new();

    private HttpReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>An address on it, of no meaning: every path is served alike.</summary>
    public string Hook => new Uri(Address, "/hook").ToString();

    /// <summary>Every call so far.</summary>
    public IReadOnlyList<HttpCall> Calls => [.. _all];

    /// <summary>Calls that <see cref="Next"/> has not answered with yet.</summary>
    public int Waiting => _unseen.Reader.Count;

    public static async Task<HttpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new HttpReceiver(builder.Build());
        receiver._app.Run(receiver.Take);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The next call that has no answer yet gets this one; without one the answer is 200.</summary>
    public void Answer(int status, string body = "", params (string Name, string Value)[] headers) => Answer(async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;

        await context.Response.WriteAsync(body);
    });

    public void Answer(RequestDelegate answer) => _answers.Enqueue(answer);

    public Task<HttpCall> Next(string what) => _unseen.Reader.ReadAsync().AsTask().Within(what);

    /// <summary>At once, whatever call is still unanswered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _answers.TryDequeue(out var answer);
        var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value));
        var call = new HttpCall(context.Request.Path, headers, body.ToArray(), context.Request.ContentType) { Connection = context.Connection.Id };
        _all.Enqueue(call);
        _unseen.Writer.TryWrite(call);
        if (answer is not null)
            await answer(context);
    }
}
