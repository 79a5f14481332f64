using System.Collections.Concurrent;
using OrleansIot.Application.History;
using OrleansIot.Application.Past;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.History;

namespace OrleansIot.Storage.DynamoDb.Snapshots;

/// <summary>
/// Some of the snapshots, kept: an item per twin and day beside its events, under the time by which all of it had happened.
/// The table's own expiry removes them.
/// </summary>
internal sealed class DynamoCheckpoints(DynamoDatabase database, DynamoDbOptions options, RetentionMarks retention, TimeProvider time) : ITwinCheckpoints
{
    // With the journal of a day behind it an answer is some twenty pages of a query; each checkpoint is a write.
    private static readonly TimeSpan Apart = TimeSpan.FromDays(1);

    // Below the 400 KB that an item may have. What is folded for a larger twin is its journal.
    private const int MaxBytes = 380 * 1_024;

    private readonly TimeSpan _kept = TimeSpan.FromDays(options.EventRetentionDays) + Apart;

    // Bounded by the devices that this process owns.
    private readonly ConcurrentDictionary<DeviceId, Instant> _last = new();

    public async ValueTask<PastStart> Find(DeviceId device, Instant at, CancellationToken cancellation)
    {
        var horizon = retention.Kept.OfAny(HistoryResolution.Raw);
        if (at < horizon)
            return new PastStart.Expired(horizon);

        var before = database.Range(Table.Events, PartitionOf(device), Sortable.First, Sortable.Of(at), backwards: true);
        return new PastStart.From(await database.First(before, cancellation) is { } item ? TwinCodec.Decode(item.Bytes(Names.Body)) : new Twin(device));
    }

    /// <summary>Keeps the snapshot that was just saved, if the last one kept is old enough.</summary>
    public async ValueTask Keep(Twin twin, CancellationToken cancellation)
    {
        var now = Instant.From(time.GetUtcNow());
        if (_last.TryGetValue(twin.Device, out var last) && now - last < Apart)
            return;

        var body = new ByteBuffer(1_024);
        TwinCodec.Encode(body, TwinPast.Recorded(twin));
        if (body.Length > MaxBytes)
            return;

        var item = AttributeExtensions.Key(PartitionOf(twin.Device), Sortable.Of(now));
        item[Names.Version] = AttributeExtensions.Of(twin.Version);
        item[Names.Body] = AttributeExtensions.Of(body.Written.ToArray());
        item[Names.Expires] = AttributeExtensions.Of((now + _kept).UnixMilliseconds / 1_000);
        await database.Put(Table.Events, item, null, cancellation);
        _last[twin.Device] = now;
    }

    // Those of the events end with a day.
    private static string PartitionOf(DeviceId device) => $"{device.Value}#past";
}
