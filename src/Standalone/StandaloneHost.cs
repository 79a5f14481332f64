using Microsoft.Extensions.Options;
using OrleansIot.Api;
using OrleansIot.Api.Access;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard;
using OrleansIot.Gateway;
using OrleansIot.Notifications;
using OrleansIot.Standalone.Access;
using OrleansIot.Standalone.Agent;
using OrleansIot.Standalone.Demo;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Standalone;

/// <summary>Everything in one process: gateway, twins, rules, history, API, dashboard, on SQLite.</summary>
internal static class StandaloneHost
{
    /// <summary>Settings of one's own, in the folder it is started from; environment and command line come after it.</summary>
    private const string OwnSettings = "orleansiot.json";

    public static WebApplication Build(string[] args)
    {
        // The shipped settings lie beside the program; data and own settings are looked for where it is started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, OwnSettings), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args);

        // A start that fails is told by StartFaults, in lines that a person can act on; the host would log its stack trace before them.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // In the order in which they start; they stop in reverse, so that a stop takes no reading that it cannot store.
        builder.Services
            .AddSqliteStorage(builder.Configuration)
            .AddNotifications(builder.Configuration)
            .AddRules()
            .AddTwins(builder.Configuration)
            .AddApi(builder.Configuration)
            .AddSignInKeys()
            .AddDashboard(builder.Configuration);
        builder.AddMqttGateway();
        builder.Services
            .AddLocalAgent(builder.Configuration)
            .AddDemoFleet(builder.Configuration);

        var app = builder.Build();

        // Here, not when it starts: by then services have been made, and the first that meets a fault would be all one hears of.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        if (LoopbackGuard.Refuses(app, out var reason))
            throw new StartRefusedException(reason);

        // A page for people who mistyped an address; what programs ask for has an answer with a body of its own by then.
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseApi();
        app.MapApi();
        app.MapDashboard();
        return app;
    }
}
