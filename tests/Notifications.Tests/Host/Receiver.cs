using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Notifications.Tests.Host;

/// <summary>A call as it arrived.</summary>
internal sealed record Call(string Path, IHeaderDictionary Headers, byte[] Body, string? ContentType);

/// <summary>Somebody else's web server on this machine: takes calls and answers each as the test said before.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly Queue<RequestDelegate> _answers = new();

    private Receiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public int Waiting => _calls.Reader.Count;

    public static async Task<Receiver> Started(string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var receiver = new Receiver(builder.Build());
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

    public void Answer(RequestDelegate answer)
    {
        lock (_answers)
            _answers.Enqueue(answer);
    }

    public async Task<Call> Next(string what)
    {
        try
        {
            return await _calls.Reader.ReadAsync().AsTask().WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        RequestDelegate? answer;
        lock (_answers)
            _answers.TryDequeue(out answer);

        _calls.Writer.TryWrite(new Call(
            context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), body.ToArray(), context.Request.ContentType));
        if (answer is not null)
            await answer(context);
    }
}
