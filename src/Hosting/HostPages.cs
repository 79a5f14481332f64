using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansIot.Api;
using OrleansIot.Api.Access;
using OrleansIot.Dashboard;

namespace OrleansIot.Hosting;

/// <summary>What a host serves over HTTP, once its settings have passed.</summary>
public static class HostPages
{
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    /// <exception cref="StartRefusedException">The settings would open the host to others without a key.</exception>
    public static WebApplication BuildChecked(this WebApplicationBuilder builder)
    {
        var app = builder.Build();

        // Here, not when it starts: by then services have been made, and the first that meets a fault would be all one hears of.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        if (LoopbackGuard.Refuses(app, out var reason))
            throw new StartRefusedException(reason);

        app.UsePages();
        return app;
    }

    /// <summary>The API and the dashboard, for a host of whatever kind.</summary>
    public static void UsePages(this IApplicationBuilder app)
    {
        // A page for people who mistyped an address; what programs ask for has an answer with a body of its own by then.
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseRouting();
        app.UseApi();
        app.UseAntiforgery();
        app.UseEndpoints(routes =>
        {
            routes.MapApi();
            routes.MapDashboard();
        });
    }
}
