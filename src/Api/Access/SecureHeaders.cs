using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansIot.Api.Access;

/// <summary>Headers that tell a browser what our pages never do.</summary>
public static class SecureHeaders
{
    // Blazor Server needs its own script and a WebSocket to where it came from; styles are set on elements by component libraries.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecureHeaders(this IApplicationBuilder app) => app.Use(Add);

    private static Task Add(HttpContext context, RequestDelegate next)
    {
        // At the start of the response, so that a weaker policy that a component set is replaced, not added to.
        context.Response.OnStarting(SetOn, context.Response);
        return next(context);
    }

    private static Task SetOn(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return Task.CompletedTask;
    }
}
