using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Twins;

namespace OrleansIot.Api.Http;

/// <summary>Sees to it that a program is answered with a <see cref="Problem"/> whatever goes wrong, never with an empty body or a page.</summary>
internal sealed partial class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> log)
{
    private const string RetryAfterSeconds = "2";

    public async Task Invoke(HttpContext context)
    {
        if (!MachinePaths.Include(context.Request.Path))
        {
            await next(context);
            return;
        }

        var problem = await Run(context);
        if (problem is null || context.Response.HasStarted)
            return;

        await problem.ExecuteAsync(context);
    }

    private async Task<ProblemResult?> Run(HttpContext context)
    {
        try
        {
            await next(context);
            return IsBareError(context.Response) ? OfStatus(context) : null;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge()
                : ProblemResult.Of(e.StatusCode, "request.invalid", e.Message);
        }
        catch (TwinUnavailableException e)
        {
            LogUnavailable(context.Request.Path, e);
            return Unavailable(
                context, e.IsTransient, "twin.unavailable", "The store did not take the change; whether it will be seen later is unknown. Ask again, or send the same request again.");
        }
        catch (StoreException e)
        {
            LogStoreFailed(context.Request.Method, context.Request.Path, e);
            return Unavailable(
                context, e.IsTransient, e.Code ?? "store.unavailable", e.IsTransient ? "The store cannot do this now; nothing was changed. Send the same request again." : $"The store cannot do this; nothing was changed. The reason is logged under {context.TraceIdentifier}.");
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(context.Request.Method, context.Request.Path, e);
            return ProblemResult.Of(StatusCodes.Status500InternalServerError, "server.error", $"The request failed for a reason of ours, logged under {context.TraceIdentifier}.");
        }
    }

    private static bool IsBareError(HttpResponse response) =>
        !response.HasStarted && response.StatusCode >= 400 && response.ContentType is null && response.ContentLength is null;

    private static ProblemResult OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => ProblemResult.Of(
            StatusCodes.Status401Unauthorized, "access.key-required", "This needs the access key: send 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'."),
        StatusCodes.Status404NotFound => ProblemResult.Of(
            StatusCodes.Status404NotFound, "path.unknown", $"There is nothing at {context.Request.Path}; /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => ProblemResult.Of(
            StatusCodes.Status405MethodNotAllowed, "method.not-allowed", $"{context.Request.Method} cannot be asked of {context.Request.Path}; allowed: {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => TooLarge(),
        StatusCodes.Status415UnsupportedMediaType => ProblemResult.Of(
            StatusCodes.Status415UnsupportedMediaType, "content-type.unsupported", "Send JSON, with 'Content-Type: application/json'."),
        var status => ProblemResult.Of(status, "request.refused", "The request was refused."),
    };

    // Without a time to come back at, a program that waits for it does not hammer a store that needs a person.
    private static ProblemResult Unavailable(HttpContext context, bool isTransient, string code, string detail)
    {
        if (isTransient && !context.Response.HasStarted)
            context.Response.Headers.RetryAfter = RetryAfterSeconds;

        return ProblemResult.Of(StatusCodes.Status503ServiceUnavailable, code, detail);
    }

    private static ProblemResult TooLarge() =>
        ProblemResult.Of(StatusCodes.Status413PayloadTooLarge, "request.too-large", "The body is larger than this takes.");

    [LoggerMessage(4001, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception e);

    [LoggerMessage(4002, LogLevel.Warning, "{Path}: the twin could not make the change durable")]
    private partial void LogUnavailable(string path, Exception e);

    [LoggerMessage(4003, LogLevel.Error, "{Method} {Path}: the store failed")]
    private partial void LogStoreFailed(string method, string path, Exception e);
}
