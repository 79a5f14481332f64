using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Api.Access;

/// <summary>Signing in to the dashboard with the key, for people.</summary>
internal static partial class SignInEndpoints
{
    public const string Path = "/sign-in";
    public const string SignOutPath = "/sign-out";
    public const string ReturnTo = "returnTo";
    public const string KeyClaim = "key";

    private const string KeyField = "key";
    private const int MaxFormBytes = 16 * 1024;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet(Path, Show);
        pages.MapPost(Path, SignIn).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxFormBytes));
        pages.MapPost(SignOutPath, (Delegate)SignOut);
    }

    private static IResult Show(HttpContext context, string? returnTo, AccessKey key, IAntiforgery antiforgery) =>
        key.IsSet ? Page(context, antiforgery, returnTo, null) : TypedResults.LocalRedirect("/");

    private static async Task<IResult> SignIn(
        HttpContext context, AccessKey key, IAntiforgery antiforgery, SignInLimit limit, ILoggerFactory loggers)
    {
        if (!await IsGenuine(context, antiforgery))
            return Page(context, antiforgery, null, "The form was no longer valid. Please try again.", StatusCodes.Status400BadRequest);

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var returnTo = form[ReturnTo].ToString();
        if (!limit.Allows(context.Connection.RemoteIpAddress))
            return Page(context, antiforgery, returnTo, "Too many tries. Please wait a minute.", StatusCodes.Status429TooManyRequests);

        if (!key.Matches(form[KeyField].ToString()))
        {
            LogRefused(loggers.CreateLogger(typeof(SignInEndpoints)), context.Connection.RemoteIpAddress);
            return Page(context, antiforgery, returnTo, "That is not the key.", StatusCodes.Status401Unauthorized);
        }

        var person = new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator"), new Claim(KeyClaim, key.Fingerprint!)], AccessSchemes.SignIn);
        await context.SignInAsync(AccessSchemes.SignIn, new ClaimsPrincipal(person));
        return TypedResults.LocalRedirect(LocalOrHome(returnTo));
    }

    private static async Task<IResult> SignOut(HttpContext context)
    {
        await context.SignOutAsync(AccessSchemes.SignIn);
        return TypedResults.LocalRedirect(Path);
    }

    private static async Task<bool> IsGenuine(HttpContext context, IAntiforgery antiforgery) =>
        context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context);

    private static ContentHttpResult Page(HttpContext context, IAntiforgery antiforgery, string? returnTo, string? message, int status = StatusCodes.Status200OK)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        var html = SignInPage.Html(token.FormFieldName, token.RequestToken!, LocalOrHome(returnTo), message);
        return TypedResults.Text(html, "text/html; charset=utf-8", statusCode: status);
    }

    // Only a path of ours: an address elsewhere would make this page a stepping stone for somebody else's.
    private static string LocalOrHome(string? address) =>
        address is ['/', ..] and not ['/', '/', ..] and not ['/', '\\', ..] && !address.Any(char.IsControl) ? address : "/";

    [LoggerMessage(4010, LogLevel.Warning, "A sign-in from {Address} was refused: not the key")]
    private static partial void LogRefused(ILogger log, System.Net.IPAddress? address);
}
