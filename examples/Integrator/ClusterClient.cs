using Amazon.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace OrleansIot.Integrator;

/// <summary>The way into the cluster, from settings of the same names as the silos'.</summary>
internal static class ClusterClient
{
    private const string DefaultName = "orleansiot";
    private const int DefaultGatewayPort = 30_000;

    public static IHost Build(string[] settings)
    {
        var builder = Host.CreateApplicationBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        var cluster = builder.Configuration.GetSection("Cluster");
        builder.UseOrleansClient(client =>
        {
            client.Services.Configure<ClusterOptions>(names =>
            {
                names.ClusterId = cluster["ClusterId"] ?? DefaultName;
                names.ServiceId = cluster["ServiceId"] ?? DefaultName;
            });
            switch (cluster["Mode"]?.ToUpperInvariant())
            {
                case null or "LOCALHOST":
                    client.UseLocalhostClustering(cluster.GetValue("GatewayPort", DefaultGatewayPort), cluster["ServiceId"] ?? DefaultName, cluster["ClusterId"] ?? DefaultName);
                    break;
                case "DYNAMODB":
                    client.UseDynamoDBClustering(options => Configure(options, builder.Configuration.GetSection("DynamoDb")));
                    break;
                default:
                    throw new ArgumentException($"Cluster:Mode is '{cluster["Mode"]}'; set Localhost or DynamoDb.");
            }
        });
        return builder.Build();
    }

    private static void Configure(DynamoDBGatewayOptions options, IConfigurationSection dynamo)
    {
        // An address, or the name of a region; as for the silos, without either what the AWS SDK finds.
        options.Service = dynamo["ServiceUrl"] ?? dynamo["Region"] ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "";
        options.AccessKey = dynamo["AccessKey"];
        options.SecretKey = dynamo["SecretKey"];
        options.TableName = $"{dynamo["TablePrefix"] ?? "orleansiot-"}membership";

        // A client only reads it: a table of its own making would hold no silo.
        options.CreateIfNotExists = false;
        options.UpdateIfExists = false;
    }
}
