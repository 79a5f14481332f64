using System.Globalization;
using System.Text.Json;
using OrleansIot.Scenarios.Clients;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A reading as the history has it.</summary>
internal sealed record StoredReading(long At, long ReceivedAt, int Number, IReadOnlyDictionary<string, object> Values);

/// <summary>What a server says of a device: its twin, its history, its alerts.</summary>
/// <param name="Twin">Null: it does not know it.</param>
/// <param name="Readings">In the order of the answers.</param>
/// <param name="Alerts">In the order in which they began.</param>
internal sealed record StoredDevice(JsonElement? Twin, IReadOnlyList<StoredReading> Readings, IReadOnlyList<JsonElement> Alerts)
{
    private const int Page = 1_000;

    public long Version => Twin?.GetProperty("version").GetInt64() ?? 0;

    public static async Task<StoredDevice> Read(ApiClient api, string device, long from, long to)
    {
        if (await api.Device(device) is not { } twin)
            return new StoredDevice(null, [], []);

        return new StoredDevice(twin, await ReadingsOf(api, device, from, to), await AlertsOf(api, device));
    }

    /// <summary>The version of the device's twin that the alert is named after.</summary>
    public static long OccurrenceOf(JsonElement alert) => long.Parse(alert.GetProperty("alertId").GetString()!.Split('~')[2], CultureInfo.InvariantCulture);

    /// <summary>How many values of the metric the roll-ups count between the two moments, and their bounds.</summary>
    public static async Task<(long Count, double Min, double Max)> RolledUp(ApiClient api, string device, string metric, long from, long to)
    {
        var points = (await api.Get($"devices/{device}/history?metric={metric}&points=1&from={Text(from)}&to={Text(to)}")).GetProperty("points").EnumerateArray().ToList();
        return points.Count == 0
            ? (0, 0, 0)
            : (points.Sum(point => point.GetProperty("count").GetInt64()), points.Min(point => point.GetProperty("min").GetDouble()), points.Max(point => point.GetProperty("max").GetDouble()));
    }

    /// <summary>A metric's value as the model has it.</summary>
    public static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => value.GetString()!,
    };

    public static long Moment(JsonElement time) => time.GetDateTimeOffset().ToUnixTimeMilliseconds();

    // A page holds the newest of its range, oldest first.
    private static async Task<IReadOnlyList<StoredReading>> ReadingsOf(ApiClient api, string device, long from, long to)
    {
        var all = new List<StoredReading>();
        while (true)
        {
            var page = (await api.Get($"devices/{device}/readings?from={Text(from)}&to={Text(to)}&limit={Page}")).GetProperty("items").EnumerateArray().Select(Reading).ToList();
            all.InsertRange(0, page);
            if (page.Count < Page)
                return all;

            to = page[0].At;
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> AlertsOf(ApiClient api, string device)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await api.Get($"alerts?device={device}&limit=500" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        return [.. all.OrderBy(OccurrenceOf)];
    }

    private static StoredReading Reading(JsonElement reading)
    {
        var values = reading.GetProperty("metrics").EnumerateObject().ToDictionary(metric => metric.Name, metric => Value(metric.Value));
        return new StoredReading(Moment(reading.GetProperty("at")), Moment(reading.GetProperty("receivedAt")), (int)(double)values["seq"], values);
    }

    private static string Text(long moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
