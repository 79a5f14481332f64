using System.Globalization;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// Keys and attributes of the table of history. A chunk lies in the partition of its device and the day of its readings, under
/// the first version that it covers; the roll-ups of a device lie in one partition for each resolution, under their block; and one
/// item says how far all this has come.
/// </summary>
internal static class HistoryItems
{
    public const string FirstAt = "f";
    public const string LastAt = "l";

    /// <summary>The version up to which the log is in chunks and roll-ups; of a roll-up: as of its last change.</summary>
    public const string Through = "v";

    /// <summary>Days that have chunks.</summary>
    public const string Days = "d";

    public const string StateSort = "state";

    /// <summary>Of the state: hours before it are in the coarse roll-ups.</summary>
    public const string CoarseBefore = "c";

    public static string ChunkPartition(DeviceId device, DateOnly day) => $"{device.Value}#c#{Sortable.Of(day)}";

    /// <summary>Each resolution has a partition of its own; that of minutes is as it was when there was no other.</summary>
    public static string RollupPartition(DeviceId device, RollupLevel level) => level.Resolution switch
    {
        HistoryResolution.Minute => $"{device.Value}#r",
        HistoryResolution.QuarterHour => $"{device.Value}#r15m",
        HistoryResolution.Hour => $"{device.Value}#r1h",
        _ => $"{device.Value}#r1d",
    };

    public static string RollupSort(RollupLevel level, long block, int part) => $"{BlockSort(level, block)}#{part:D4}";

    public static string BlockSort(RollupLevel level, long block) => (block - FirstBlock(level)).ToString("D9", CultureInfo.InvariantCulture);

    public static long BlockOf(RollupLevel level, Item rollup) => long.Parse(rollup.Sort().AsSpan(0, 9), CultureInfo.InvariantCulture) + FirstBlock(level);

    private static long FirstBlock(RollupLevel level) => level.BlockOf(Instant.MinValue.UnixMilliseconds);
}

/// <summary>How far a device's history has come.</summary>
/// <param name="Through">Events up to this version are in chunks and roll-ups.</param>
/// <param name="CoarseBefore">Hours before it are in the coarse roll-ups; null: none is.</param>
internal sealed record HistoryState(long Through, IReadOnlyCollection<DateOnly> Days, long? CoarseBefore)
{
    public static readonly HistoryState None = new(0, [], null);

    public static async ValueTask<HistoryState> Load(DynamoDatabase database, DeviceId device, CancellationToken cancellation) =>
        await database.Get(Table.History, device.Value, HistoryItems.StateSort, cancellation) is { } item
            ? new HistoryState(item.Number(HistoryItems.Through), [.. (item.OptionalText(HistoryItems.Days) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Sortable.ToDay)], item.OptionalNumber(HistoryItems.CoarseBefore))
            : None;

    public Item ToItem(DeviceId device)
    {
        var item = AttributeExtensions.Key(device.Value, HistoryItems.StateSort);
        item[HistoryItems.Through] = AttributeExtensions.Of(Through);
        if (Days.Count > 0)
            item[HistoryItems.Days] = AttributeExtensions.Of(string.Join(' ', Days.Order().Select(Sortable.Of)));

        if (CoarseBefore is { } hour)
            item[HistoryItems.CoarseBefore] = AttributeExtensions.Of(hour);

        return item;
    }
}
