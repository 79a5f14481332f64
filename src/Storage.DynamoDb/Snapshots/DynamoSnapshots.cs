using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Journal;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Snapshots;

/// <summary>
/// One item per twin. A twin that is larger than an item may be has its body in further items, under the version that they
/// belong to, which are there before the item that names them.
/// </summary>
internal sealed class DynamoSnapshots(DynamoDatabase database, DeviceIndex index, DeviceHeads heads, DynamoCheckpoints checkpoints) : ITwinSnapshots
{
    private const string PartCount = "n";

    // Below the 400 KB that an item may have, its other attributes included.
    private const int PartBytes = 380 * 1_024;

    // A save has hundreds of twins; readings share the connections with it.
    private const int AtOnce = 16;

    public async ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation)
    {
        while (await database.Get(Table.Twins, device.Value, DeviceHeads.SnapshotSort, cancellation) is { } item)
        {
            if (await Body(device, item, cancellation) is { } body)
                return TwinCodec.Decode(body);

            // A newer one has taken its place since it was read.
        }

        return null;
    }

    public async ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation)
    {
        // A device with an event was entered with it.
        await index.Enter(twins.Where(twin => heads.Find(twin.Device)?.Day is null).Select(twin => twin.Device), cancellation);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(twins, parallel, Save);
    }

    public IAsyncEnumerable<DeviceId> Devices(CancellationToken cancellation) => index.All(cancellation);

    private async ValueTask Save(Twin twin, CancellationToken cancellation)
    {
        var body = new ByteBuffer(1_024);
        TwinCodec.Encode(body, twin);
        byte[][] parts = [.. body.Written.ToArray().Chunk(PartBytes)];
        for (var part = 1; part < parts.Length; part++)
        {
            var more = AttributeExtensions.Key(twin.Device.Value, PartSort(twin.Version, part));
            more[Names.Body] = AttributeExtensions.Of(parts[part]);
            await database.Put(Table.Twins, more, null, cancellation);
        }

        var item = AttributeExtensions.Key(twin.Device.Value, DeviceHeads.SnapshotSort);
        item[Names.Version] = AttributeExtensions.Of(twin.Version);
        item[Names.Body] = AttributeExtensions.Of(parts[0]);
        if (parts.Length > 1)
            item[PartCount] = AttributeExtensions.Of(parts.Length);

        var notOlder = new WriteCondition(
            $"attribute_not_exists({Names.Partition}) OR #version <= :version",
            new() { ["#version"] = Names.Version },
            new() { [":version"] = AttributeExtensions.Of(twin.Version) });
        var saved = await database.Put(Table.Twins, item, notOlder, cancellation);
        if (saved && parts.Length > 1)
            await DropOlderParts(twin, cancellation);

        if (saved)
            await checkpoints.Keep(twin, cancellation);
    }

    private async ValueTask<byte[]?> Body(DeviceId device, Item item, CancellationToken cancellation)
    {
        var body = item.Bytes(Names.Body);
        for (var part = 1; part < (item.OptionalNumber(PartCount) ?? 1); part++)
        {
            if (await database.Get(Table.Twins, device.Value, PartSort(item.Number(Names.Version), part), cancellation) is not { } more)
                return null;

            body = [.. body, .. more.Bytes(Names.Body)];
        }

        return body;
    }

    private async ValueTask DropOlderParts(Twin twin, CancellationToken cancellation)
    {
        var older = database.Range(Table.Twins, twin.Device.Value, PartSort(0, 0), PartSort(twin.Version, 0));
        await foreach (var part in database.Query(older, cancellation))
            await database.Delete(Table.Twins, part.Partition(), part.Sort(), cancellation);
    }

    private static string PartSort(long version, int part) => $"{DeviceHeads.SnapshotSort}#{Sortable.Of(version)}#{part:D4}";
}
