using Amazon.Runtime;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansIot.Grains;
using OrleansIot.Storage.DynamoDb;

namespace OrleansIot.Silo.Clustering;

/// <summary>Orleans' own three tables, beside ours: in the same DynamoDB, under the same prefix, opened with the same credentials.</summary>
internal static class DynamoDbClustering
{
    private const string Membership = "membership";
    private const string Grains = "grains";
    private const string Reminders = "reminders";

    public static IEnumerable<string> TablesOf(DynamoDbOptions own) => new[] { Membership, Grains, Reminders }.Select(table => own.TablePrefix + table);

    // One setting is both to Orleans: an address, or the name of a region. Without either it would take us-west-2, wherever our own
    // tables are; so it is told what the AWS SDK finds for those.
    public static (string Service, string? AccessKey, string? SecretKey) AccountOf(DynamoDbOptions own) =>
        (FirstOf(own.ServiceUrl, own.Region) ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "", own.AccessKey, own.SecretKey);

    public static void UseDynamoDb(this ISiloBuilder silo)
    {
        silo.UseDynamoDBClustering(clustering => clustering.Configure<IOptions<DynamoDbOptions>>((options, own) =>
        {
            (options.Service, options.AccessKey, options.SecretKey) = AccountOf(own.Value);
            options.TableName = own.Value.TablePrefix + Membership;
            (options.CreateIfNotExists, options.UpdateIfExists, options.UseProvisionedThroughput) = Tables(own.Value);
        }));
        silo.AddDynamoDBGrainStorage(GrainsRegistration.GrainStorageName, storage => storage.Configure<IOptions<DynamoDbOptions>>((options, own) =>
        {
            (options.Service, options.AccessKey, options.SecretKey) = AccountOf(own.Value);
            options.TableName = own.Value.TablePrefix + Grains;
            (options.CreateIfNotExists, options.UpdateIfExists, options.UseProvisionedThroughput) = Tables(own.Value);
        }));
        silo.UseDynamoDBReminderService(_ => { });
        silo.Services.AddOptions<DynamoDBReminderStorageOptions>().Configure<IOptions<DynamoDbOptions>>((options, own) =>
        {
            (options.Service, options.AccessKey, options.SecretKey) = AccountOf(own.Value);
            options.TableName = own.Value.TablePrefix + Reminders;
            (options.CreateIfNotExists, options.UpdateIfExists, options.UseProvisionedThroughput) = Tables(own.Value);
        });
    }

    // An existing table is looked at too, and waited for: another silo may have begun to create it a moment ago.
    private static (bool Create, bool Update, bool Provisioned) Tables(DynamoDbOptions own) => (own.CreateTables, own.CreateTables, false);

    private static string? FirstOf(params string?[] settings) => settings.FirstOrDefault(setting => !string.IsNullOrEmpty(setting));
}
