using Microsoft.Extensions.Options;
using OrleansIot.Api;
using OrleansIot.Dashboard;
using OrleansIot.Gateway;
using OrleansIot.Grains;
using OrleansIot.Hosting;
using OrleansIot.Hosting.Access;
using OrleansIot.Hosting.Agent;
using OrleansIot.Hosting.Demo;
using OrleansIot.Notifications;
using OrleansIot.Silo.Clustering;
using OrleansIot.Silo.Peers;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Silo;

/// <summary>What Standalone serves, on every silo of a cluster; each twin is owned by one grain, on whichever silo that is.</summary>
internal static class SiloHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = HostSettings.Read(args);
        var mode = builder.Configuration.GetSection(ClusterHostOptions.Section).Get<ClusterHostOptions>()?.Mode ?? ClusterMode.Localhost;

        // In the order in which they start; they stop in reverse. A silo takes connections once it is in its cluster, and closes
        // them before it leaves.
        builder.Services
            .AddStore(mode, builder.Configuration)
            .AddNotifications(builder.Configuration)
            .AddClusterTwins(builder.Configuration);
        builder.AddSilo(mode);
        builder.Services
            .AddApi(builder.Configuration)
            .AddDashboard(builder.Configuration);
        builder.Services.AddSiloPeers();
        builder.AddMqttGateway();
        builder.Services
            .AddLocalAgent(builder.Configuration)
            .AddDemoFleet(builder.Configuration);

        return builder.BuildChecked();
    }

    // Sign-ins are kept in it too: what one silo signed, another can read.
    private static IServiceCollection AddStore(this IServiceCollection services, ClusterMode mode, IConfiguration configuration) => mode == ClusterMode.Localhost
        ? services.AddSqliteStorage(configuration).AddSignInKeys(DataFolder).AddAccessFile(DataFolder)
        : services.AddDynamoDbStorage(configuration).AddSharedSignInKeys();

    private static string DataFolder(IServiceProvider provider) => provider.GetRequiredService<IOptions<SqliteOptions>>().Value.Path;
}
