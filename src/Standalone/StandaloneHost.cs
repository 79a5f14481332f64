using Microsoft.Extensions.Options;
using OrleansIot.Api;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard;
using OrleansIot.Gateway;
using OrleansIot.Hosting;
using OrleansIot.Hosting.Access;
using OrleansIot.Hosting.Agent;
using OrleansIot.Hosting.Demo;
using OrleansIot.Notifications;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Standalone;

/// <summary>Everything in one process: gateway, twins, rules, history, API, dashboard, on SQLite.</summary>
internal static class StandaloneHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = HostSettings.Read(args);

        // In the order in which they start; they stop in reverse, so that a stop takes no reading that it cannot store.
        builder.Services
            .AddSqliteStorage(builder.Configuration)
            .AddNotifications(builder.Configuration)
            .AddRules()
            .AddTwins(builder.Configuration)
            .AddApi(builder.Configuration)
            .AddSignInKeys(provider => provider.GetRequiredService<IOptions<SqliteOptions>>().Value.Path)
            .AddDashboard(builder.Configuration);
        builder.AddMqttGateway();
        builder.Services.AddAccessFile(provider => provider.GetRequiredService<IOptions<SqliteOptions>>().Value.Path);
        builder.Services
            .AddLocalAgent(builder.Configuration)
            .AddDemoFleet(builder.Configuration);

        return builder.BuildChecked();
    }
}
