using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using OrleansIot.Api.Http;
using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Stream;

/// <summary>The live stream: what happens in the fleet, as it happens.</summary>
internal static class StreamEndpoints
{
    // Proxies close a connection on which nothing was said for a while, the strictest common ones after 30 s.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void MapStream(this IEndpointRouteBuilder api) =>
        api.MapGet("/stream", Watch).WithTags("Stream").WithName("Watch")
            .WithSummary("What happens from now on, as server-sent events")
            .WithDescription(
                "Events: 'reading', 'status', 'alert', 'device' (described anew), 'outage' (many devices went offline together, or are back), and 'missed' with the number of events that a slow reader lost. "
                + "A comment every 15 s keeps the connection open. Nothing of the past is sent: after a break, read the lists again.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblems(400);

    private static async Task<Results<EmptyHttpResult, ProblemResult>> Watch(
        [Description("Only what concerns this device.")] string? device,
        HttpContext context,
        IFleet fleet,
        TimeProvider time,
        IHostApplicationLifetime host)
    {
        var query = new QueryReader();
        var filter = new FleetFilter(query.Id<DeviceId>("device", device, DeviceId.TryParse, $"a device id: {DeviceId.Rule}"));
        if (query.HasFaults)
            return query.Problem;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        try
        {
            await Send(fleet.Watch(filter, ended.Token), context, time, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }

        return TypedResults.Empty;
    }

    private static async Task Send(IAsyncEnumerable<FleetChange> changes, HttpContext context, TimeProvider time, CancellationTokenSource ended)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var events = new EventStream(response.BodyWriter);
        await using var change = changes.GetAsyncEnumerator(ended.Token);

        // Asked before the first line is sent: whoever has seen that line misses nothing that happens after it.
        var next = change.MoveNextAsync().AsTask();
        try
        {
            events.WriteComment("watching");
            while (true)
            {
                if (!next.IsCompleted)
                    await events.Flush(ended.Token);

                if (!await IsDoneWithin(next, Heartbeat, time))
                {
                    events.WriteComment("still here");
                    continue;
                }

                if (!await next)
                    return;

                events.Write(change.Current);
                next = change.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator that is still being asked cannot be disposed of.
            await ended.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async ValueTask<bool> IsDoneWithin(Task<bool> next, TimeSpan limit, TimeProvider time)
    {
        if (!next.IsCompleted)
            await ((Task)next).WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return next.IsCompleted;
    }
}
