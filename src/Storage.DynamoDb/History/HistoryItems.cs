using System.Globalization;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// Keys and attributes of the table of history. A chunk lies in the partition of its device and the day of its readings, under
/// the first version that it covers; the roll-ups of a device lie in one partition, under their hour; and one item says how far
/// all this has come.
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

    private static readonly long FirstHour = HourRollups.HourOf(Instant.MinValue.UnixMilliseconds);

    public static string ChunkPartition(DeviceId device, DateOnly day) => $"{device.Value}#c#{Sortable.Of(day)}";

    public static string RollupPartition(DeviceId device) => $"{device.Value}#r";

    public static string RollupSort(long hour, int part) => $"{HourSort(hour)}#{part:D4}";

    public static string HourSort(long hour) => (hour - FirstHour).ToString("D9", CultureInfo.InvariantCulture);

    public static long HourOf(Item rollup) => long.Parse(rollup.Sort().AsSpan(0, 9), CultureInfo.InvariantCulture) + FirstHour;
}

/// <summary>How far a device's history has come.</summary>
/// <param name="Through">Events up to this version are in chunks and roll-ups.</param>
internal sealed record HistoryState(long Through, IReadOnlyCollection<DateOnly> Days)
{
    public static readonly HistoryState None = new(0, []);

    public static async ValueTask<HistoryState> Load(DynamoDatabase database, DeviceId device, CancellationToken cancellation) =>
        await database.Get(Table.History, device.Value, HistoryItems.StateSort, cancellation) is { } item
            ? new HistoryState(item.Number(HistoryItems.Through), [.. (item.OptionalText(HistoryItems.Days) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Sortable.ToDay)])
            : None;

    public Item ToItem(DeviceId device)
    {
        var item = AttributeExtensions.Key(device.Value, HistoryItems.StateSort);
        item[HistoryItems.Through] = AttributeExtensions.Of(Through);
        if (Days.Count > 0)
            item[HistoryItems.Days] = AttributeExtensions.Of(string.Join(' ', Days.Order().Select(Sortable.Of)));

        return item;
    }
}
