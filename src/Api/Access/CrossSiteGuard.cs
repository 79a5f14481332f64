using Microsoft.AspNetCore.Http;
using OrleansIot.Api.Http;

namespace OrleansIot.Api.Access;

/// <summary>
/// Refuses what a page of another site makes a browser send here, where it could change something: unsafe methods, and
/// WebSockets, which browsers let any page open. Programs that are no browsers send neither header and pass.
/// </summary>
internal sealed class CrossSiteGuard(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        if (!CanChangeSomething(context.Request) || IsOurs(context.Request))
            return next(context);

        return ProblemResult.Of(
            StatusCodes.Status403Forbidden, "access.cross-site", "A page of another site may not send this.").ExecuteAsync(context);
    }

    private static bool CanChangeSomething(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        || request.Headers.Upgrade.Count > 0;

    private static bool IsOurs(HttpRequest request)
    {
        // same-site is not enough: every port of localhost is the same site.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";

        // Browsers leave Sec-Fetch-Site out on plain http, where they still send Origin.
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, AuthorityOf(request), StringComparison.OrdinalIgnoreCase));
    }

    // As Uri writes it: without the scheme's own port.
    private static string AuthorityOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var address) ? address.Authority : request.Host.Value ?? "";
}
