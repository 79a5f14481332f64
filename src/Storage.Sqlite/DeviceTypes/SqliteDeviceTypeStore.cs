using System.Buffers;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.DeviceTypes;

/// <summary>The table of device types.</summary>
internal sealed class SqliteDeviceTypeStore(GroupCommit writer, ReadConnections readers, DamageFound damage) : IDeviceTypeStore
{
    private static readonly string Upsert = $"{GuardedTables.DeviceTypes.Insert("INSERT")} ON CONFLICT(id) DO UPDATE SET body = excluded.body, checksum = excluded.checksum";

    public async ValueTask<IReadOnlyList<DeviceType>> List(CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement($"SELECT id, body, {GuardedTables.DeviceTypes.IsWhole} FROM device_type ORDER BY id");
        var types = new List<DeviceType>();
        while (select.Step())
        {
            if (select.Int64(2) != 0)
                types.Add(DeviceTypeCodec.Decode(select.Blob(1)));
            else
                damage.Add(GuardedTables.DeviceTypes.Damage(select));
        }

        return types;
    }

    public async ValueTask Put(DeviceType type, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>();
        DeviceTypeCodec.Encode(body, type);
        await writer.Run(
            database =>
            {
                database.Statement(Upsert).Guarded().Bind(type.Id.Value).Bind(body.WrittenSpan).BindChecksum().Run();
                return true;
            },
            null,
            cancellation);
    }

    public ValueTask<bool> Delete(DeviceTypeId type, long version, CancellationToken cancellation) =>
        writer.Run(
            database =>
            {
                if (VersionOf(database, type) != version)
                    return false;

                database.Statement("DELETE FROM device_type WHERE id = ?").Bind(type.Value).Run();
                return true;
            },
            null,
            cancellation);

    private static long? VersionOf(SqliteDatabase database, DeviceTypeId type)
    {
        using var select = database.Statement($"SELECT body, {GuardedTables.DeviceTypes.IsWhole} FROM device_type WHERE id = ?").Bind(type.Value);
        return select.Step() && select.Int64(1) != 0 ? DeviceTypeCodec.Decode(select.Blob(0)).Version : null;
    }
}
