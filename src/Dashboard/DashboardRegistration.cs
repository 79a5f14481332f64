using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansIot.Dashboard.Assets;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;

namespace OrleansIot.Dashboard;

/// <summary>What a host calls. It supplies the ports (ITwins, TwinPast, IFleet, IRules, IDeviceTypes, IAlertBook, IReadingHistory, IOutbox, IIngestStatistics).</summary>
public static class DashboardRegistration
{
    // What is typed travels whole: the 30,000 characters of ShadowEditor, of up to three bytes and some escaped. The default (32 KiB) would end the page.
    private const long MaxMessageBytes = 128 * 1024;

    public static IServiceCollection AddDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<DashboardOptions, DashboardOptionsValidator>()
            .Bind(configuration.GetSection(DashboardOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FleetPulse>();
        services.AddHostedService(provider => provider.GetRequiredService<FleetPulse>());
        services.AddScoped<LiveFeed>();
        services.AddScoped<Operator>();

        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddOptions<CircuitOptions>().Configure<Microsoft.Extensions.Options.IOptions<DashboardOptions>>(
            (circuits, dashboard) => circuits.DisconnectedCircuitRetentionPeriod = dashboard.Value.DisconnectedPageKept);
        services.AddSignalR(hub =>
        {
            hub.KeepAliveInterval = TimeSpan.FromSeconds(5); // connection.js gives up after 12 s of silence
            hub.MaximumReceiveMessageSize = MaxMessageBytes;
        });
        services.AddAntiforgery();
        return services;
    }

    /// <summary>Maps the pages, their style and scripts. Authorisation can be asked for on what is answered. The host calls <c>UseAntiforgery</c> after authentication.</summary>
    public static RazorComponentsEndpointConventionBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        DashboardAssets.Map(routes);
        var pages = routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null);
        pages.Add(ContentSecurity.Apply);
        return pages;
    }
}
