using System.Collections.Concurrent;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Journal;

/// <summary>
/// The heads of the logs that this process writes. What is remembered saves a read per append and is never trusted further than
/// that: the condition of the write decides.
/// </summary>
internal sealed class DeviceHeads(DynamoDatabase database)
{
    public const string Sort = "head";
    public const string SnapshotSort = "snapshot";
    public const string Day = "d";
    public const string From = "f";
    public const string Previous = "p";

    // Some hundred bytes for each device that was owned here; devices are bounded by the fleet.
    private readonly ConcurrentDictionary<DeviceId, DeviceHead> _known = new();

    public DeviceHead? Find(DeviceId device) => _known.GetValueOrDefault(device);

    public void Remember(DeviceId device, DeviceHead head) => _known[device] = head;

    public void Forget(DeviceId device) => _known.TryRemove(device, out _);

    public static Item ToItem(DeviceId device, DateOnly day, long from, DateOnly? previous)
    {
        var item = AttributeExtensions.Key(device.Value, Sort);
        item[Day] = AttributeExtensions.Of(Sortable.Of(day));
        item[From] = AttributeExtensions.Of(from);
        if (previous is { } before)
            item[Previous] = AttributeExtensions.Of(Sortable.Of(before));

        return item;
    }

    /// <summary>As it is stored.</summary>
    public async ValueTask<DeviceHead> Load(DeviceId device, CancellationToken cancellation)
    {
        while (true)
        {
            if (await LoadDay(device, cancellation) is not { } head)
                return DeviceHead.None with { Version = await SnapshotVersion(device, cancellation) };

            var newest = database.Range(Table.Events, LogItem.PartitionOf(device, head.Day!.Value), Sortable.First, Sortable.Last, backwards: true);
            var last = await database.First(newest, cancellation);
            if (last is null)
                return head with { Version = await SnapshotVersion(device, cancellation) };

            // A seal: the log has moved on to another day since the head was read.
            if (!LogItem.IsSeal(last))
                return head with { Version = LogItem.Read(last).LastVersion };
        }
    }

    /// <summary>The head without its version; null where there never was an event.</summary>
    public async ValueTask<DeviceHead?> LoadDay(DeviceId device, CancellationToken cancellation) =>
        await database.Get(Table.Twins, device.Value, Sort, cancellation) is { } item
            ? new DeviceHead(0, Sortable.ToDay(item.Text(Day)), item.Number(From), item.OptionalText(Previous) is { } previous ? Sortable.ToDay(previous) : null)
            : null;

    // Where the log is not there or has all expired, the snapshot says how far it had come.
    private async ValueTask<long> SnapshotVersion(DeviceId device, CancellationToken cancellation) =>
        await database.Get(Table.Twins, device.Value, SnapshotSort, cancellation) is { } snapshot ? snapshot.Number(Names.Version) : 0;
}
