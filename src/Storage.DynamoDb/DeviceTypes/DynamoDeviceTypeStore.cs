using OrleansIot.Application;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.DeviceTypes;

/// <summary>One item per device type, in the table of rules. A newer version replaces an older one and never the other way round.</summary>
internal sealed class DynamoDeviceTypeStore(DynamoDatabase database) : IDeviceTypeStore
{
    private const string Partition = "device-types";

    public async ValueTask<IReadOnlyList<DeviceType>> List(CancellationToken cancellation)
    {
        var types = new List<DeviceType>();
        await foreach (var item in database.Query(database.Range(Table.Rules, Partition, Sortable.First, Sortable.Last), cancellation))
            types.Add(DeviceTypeCodec.Decode(item.Bytes(Names.Body)));

        return types;
    }

    /// <exception cref="StoreException">Another process has edited the type since this one read it.</exception>
    public async ValueTask Put(DeviceType type, CancellationToken cancellation)
    {
        var body = new ByteBuffer(512);
        DeviceTypeCodec.Encode(body, type);
        var item = AttributeExtensions.Key(Partition, type.Id.Value);
        item[Names.Version] = AttributeExtensions.Of(type.Version);
        item[Names.Body] = AttributeExtensions.Of(body.Written.ToArray());

        // The same again is the repeat of a write whose answer was lost, or another silo that puts the same file's type.
        var isNewer = new WriteCondition(
            $"attribute_not_exists({Names.Partition}) OR #version < :version OR (#version = :version AND #body = :body)",
            new() { ["#version"] = Names.Version, ["#body"] = Names.Body },
            new() { [":version"] = item[Names.Version], [":body"] = AttributeExtensions.Of(body.Written.ToArray()) });
        if (!await database.Put(Table.Rules, item, isNewer, cancellation))
            throw new StoreException($"Device type {type.Id} was edited elsewhere in the meantime: version {type.Version} or a later one is there already. Read it again, then edit it.");
    }

    public ValueTask<bool> Delete(DeviceTypeId type, long version, CancellationToken cancellation) =>
        database.Delete(Table.Rules, Partition, type.Value, WriteCondition.IsAt(version), cancellation);
}
