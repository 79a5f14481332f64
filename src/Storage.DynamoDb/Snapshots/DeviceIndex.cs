using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.Snapshots;

/// <summary>Which devices there are: an item each, in a fixed number of partitions, written with the first that is stored of the device.</summary>
internal sealed class DeviceIndex(DynamoDatabase database)
{
    // A new device is one write, once; sixteen partitions list a million devices in some ten pages each.
    private const int ShardCount = 16;
    private const string Group = "devices";

    private readonly ConcurrentDictionary<DeviceId, bool> _entered = new();

    public Put Entry(DeviceId device) => new() { TableName = database.NameOf(Table.Twins), Item = AttributeExtensions.Key(PartitionOf(device), device.Value) };

    public async ValueTask Enter(IEnumerable<DeviceId> devices, CancellationToken cancellation)
    {
        DeviceId[] unknown = [.. devices.Where(device => !_entered.ContainsKey(device)).Distinct()];
        await database.Write(Table.Twins, unknown.Select(device => AttributeExtensions.Key(PartitionOf(device), device.Value)), cancellation);
        foreach (var device in unknown)
            _entered[device] = true;
    }

    public async IAsyncEnumerable<DeviceId> All([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var shard in Shards.All(Group, ShardCount))
        {
            await foreach (var item in database.Query(database.Range(Table.Twins, shard, Sortable.First, Sortable.Last), cancellation))
                yield return DeviceId.Parse(item.Sort());
        }
    }

    // No device has such a name: '#' is not a character of one.
    private static string PartitionOf(DeviceId device) => Shards.Of(Group, device.Value, ShardCount);
}
