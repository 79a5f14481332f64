using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansIot.Api.Http;

namespace OrleansIot.Api.Access;

/// <summary>
/// With a key configured, everything needs it that does not say otherwise: the fallback policy covers each path, also one that
/// nobody thought of. Without a key nothing is asked, and <see cref="HostGuard"/> keeps everybody else out.
/// </summary>
internal static class AccessRegistration
{
    public static void AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<AccessOptions, AccessOptionsValidator>().Bind(configuration.GetSection(AccessOptions.Section));
        services.AddSingleton<AccessKey>();
        services.AddSingleton<SignInLimit>();
        services.AddAntiforgery();
        services.AddAuthentication(AccessSchemes.ByPath)
            .AddPolicyScheme(AccessSchemes.ByPath, null, scheme => scheme.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, AccessKeyHandler>(AccessSchemes.Key, null)
            .AddCookie(AccessSchemes.SignIn);
        services.AddOptions<CookieAuthenticationOptions>(AccessSchemes.SignIn).Configure<IOptions<AccessOptions>>(Configure);
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<AccessOptions>>((authorization, access) =>
        {
            if (access.Value.HasKey)
                authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        });
        services.AddAuthorization();
    }

    private static string SchemeOf(HttpContext context) =>
        MachinePaths.Include(context.Request.Path) ? AccessSchemes.Key : AccessSchemes.SignIn;

    private static void Configure(CookieAuthenticationOptions cookie, IOptions<AccessOptions> access)
    {
        cookie.Cookie.Name = "orleansiot-sign-in";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = access.Value.SignInLifetime;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = SignInEndpoints.Path;
        cookie.ReturnUrlParameter = SignInEndpoints.ReturnTo;
        cookie.Events.OnValidatePrincipal = RefuseSignInsOfAnOlderKey;
    }

    private static async Task RefuseSignInsOfAnOlderKey(CookieValidatePrincipalContext context)
    {
        var key = context.HttpContext.RequestServices.GetRequiredService<AccessKey>();
        if (key.IsSet && context.Principal?.FindFirstValue(SignInEndpoints.KeyClaim) == key.Fingerprint)
            return;

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(AccessSchemes.SignIn);
    }
}
