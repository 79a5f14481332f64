using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OrleansIot.Application.Shadows;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Api.Shadows;

/// <summary>Refuses what is asked of one thing's shadows too fast, before anything else is looked at.</summary>
internal static class ShadowPace
{
    /// <param name="thing">The route's name for the thing.</param>
    /// <param name="refusal">How the endpoint refuses.</param>
    public static RouteHandlerBuilder HeldToShadowRate(this RouteHandlerBuilder endpoint, string thing, Func<ShadowFault, HttpContext, IResult> refusal) =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var rates = http.RequestServices.GetRequiredService<ShadowRates>();
            if (!DeviceId.TryParse(http.GetRouteValue(thing) as string, out var device) || rates.TryTake(device, out var wait))
                return await next(context);

            // In whole seconds, and 0 would be no wait.
            http.Response.Headers[HeaderNames.RetryAfter] = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return refusal(ShadowFault.TooFast(rates.PerSecond), http);
        });
}
