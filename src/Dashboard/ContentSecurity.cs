using Microsoft.AspNetCore.Builder;

namespace OrleansIot.Dashboard;

/// <summary>Pages load nothing from elsewhere and run no inline script; the browser is told to hold them to it.</summary>
internal static class ContentSecurity
{
    // style-src-attr: Blazor's Virtualize sets the height of its spacers by a style attribute.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    public static void Apply(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } next)
            return;

        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "same-origin";
            return next(context);
        };
    }
}
