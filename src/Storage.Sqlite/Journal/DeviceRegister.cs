using System.Collections.Concurrent;
using OrleansIot.Application;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>All devices. Only the writer adds; anybody looks up.</summary>
internal sealed class DeviceRegister
{
    private readonly ConcurrentDictionary<DeviceId, KnownDevice> _byName = [];
    private readonly Dictionary<long, KnownDevice> _byId = [];
    private long _lastId;

    public IEnumerable<KnownDevice> Stored => _byName.Values.Where(known => known.IsStored);

    public KnownDevice? Find(DeviceId device) => _byName.GetValueOrDefault(device);

    /// <summary>For the opening of the store only.</summary>
    public KnownDevice ById(long id) =>
        _byId.TryGetValue(id, out var known) ? known : throw new StoreException($"The log names device {id}, which is not in the table of devices.");

    public KnownDevice GetOrAdd(DeviceId device) => _byName.TryGetValue(device, out var known) ? known : Add(_lastId + 1, device);

    /// <param name="now">What an older release did not keep a time of happened before.</param>
    public void Load(SqliteDatabase database, Instant now)
    {
        using var devices = database.Statement("SELECT id, name, history_through, kept_after, last_event_at, checkpoint_version, checkpoint_at, dropped_through FROM device");
        while (devices.Step())
        {
            var known = Add(devices.Int64(0), DeviceId.Parse(devices.Text(1)));
            known.HistoryThrough = devices.Int64(2);
            known.Past.Load(devices, now);
            known.IsStored = true;
        }

        using var snapshots = database.Statement("SELECT device, version FROM snapshot");
        while (snapshots.Step())
        {
            var known = ById(snapshots.Int64(0));
            known.Version = snapshots.Int64(1);
            known.Tail.TrimThrough(known.Version);
        }
    }

    public static void Store(SqliteDatabase database, KnownDevice known) =>
        database.Statement("INSERT INTO device(id, name, kept_after) VALUES(?, ?, 0)").Bind(known.Id).Bind(known.Device.Value).Run();

    private KnownDevice Add(long id, DeviceId device)
    {
        var known = new KnownDevice(id, device);
        _byName[device] = known;
        _byId[id] = known;
        _lastId = Math.Max(_lastId, id);
        return known;
    }
}
