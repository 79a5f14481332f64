using Amazon;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Options;
using OrleansIot.Hosting;
using OrleansIot.Storage.DynamoDb;

namespace OrleansIot.Silo.Clustering;

/// <summary>Where tables are made elsewhere: looks that Orleans' own are there, before Orleans meets it in words of its own.</summary>
internal sealed class OrleansTables(IOptions<DynamoDbOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.CreateTables)
            return;

        using var client = Connect(options.Value);
        foreach (var name in DynamoDbClustering.TablesOf(options.Value))
        {
            try
            {
                await client.DescribeTableAsync(name, cancellationToken);
            }
            catch (ResourceNotFoundException e)
            {
                throw new StartRefusedException($"DynamoDB has no table {name}. Create it as docs/cluster.md says, or set {DynamoDbOptions.Section}:{nameof(DynamoDbOptions.CreateTables)}.", e);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // As Orleans does: an emulator takes any credentials.
    private static AmazonDynamoDBClient Connect(DynamoDbOptions own)
    {
        var (service, key, secret) = DynamoDbClustering.AccountOf(own);
        if (!string.IsNullOrEmpty(own.ServiceUrl))
            return new AmazonDynamoDBClient(new BasicAWSCredentials(key ?? "none", secret ?? "none"), new AmazonDynamoDBConfig { ServiceURL = service });

        var config = new AmazonDynamoDBConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(service) };
        return string.IsNullOrEmpty(key) ? new AmazonDynamoDBClient(config) : new AmazonDynamoDBClient(new BasicAWSCredentials(key, secret), config);
    }
}
