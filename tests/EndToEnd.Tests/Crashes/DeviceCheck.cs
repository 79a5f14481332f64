using System.Text.Json;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>Holds what a server says of a device against what was sent.</summary>
internal static class DeviceCheck
{
    /// <summary>Nothing that was acknowledged is lost, nothing is there twice, and nothing that nobody sent; in order, and rolled up alike.</summary>
    public static void History(LoadedDevice device, StoredDevice stored)
    {
        var readings = stored.Readings;
        for (var i = 1; i < readings.Count; i++)
            Assert.True(readings[i].At > readings[i - 1].At, $"{device.Id}: the reading of {readings[i].At} comes after that of {readings[i - 1].At} in the history.");

        var doubled = readings.GroupBy(reading => reading.Number).Where(same => same.Count() > 1).Select(same => same.Key).ToList();
        Assert.True(doubled.Count == 0, $"{device.Id}: stored more than once: {string.Join(", ", doubled)}.");

        var numbers = readings.Select(reading => reading.Number).ToHashSet();
        var lost = device.Messages.Where(message => message.IsAcknowledged && !numbers.Contains(message.Number)).Select(message => message.Number).ToList();
        Assert.True(lost.Count == 0, $"{device.Id}: acknowledged and lost: {string.Join(", ", lost)}.");

        foreach (var reading in readings)
        {
            var sent = device.Messages[reading.Number];
            Assert.Equal(sent.At, reading.At);
            Assert.True(reading.ReceivedAt >= reading.At, $"{device.Id}: reading {reading.Number} came before it was measured.");
            Assert.True(Same(sent.Values, reading.Values), $"{device.Id}: reading {reading.Number} is not stored as it was sent.");
        }
    }

    /// <summary>What is stored is all that was sent up to some message: their order was kept from the socket to the log.</summary>
    public static void IsPrefix(LoadedDevice device, StoredDevice stored)
    {
        var numbers = stored.Readings.Select(reading => reading.Number).Order().ToList();
        for (var i = 0; i < numbers.Count; i++)
            Assert.True(numbers[i] == i, $"{device.Id}: {i} is not stored, although {numbers[i]}, which was sent after it, is.");
    }

    /// <summary>Last values, status and alerts are the model's.</summary>
    public static void Twin(LoadedDevice device, StoredDevice stored, TwinModel model, int shadowVersion, Operators operators, bool isPresenceOwn)
    {
        if (stored.Twin is not { } twin)
        {
            Assert.Empty(stored.Readings);
            Assert.True(device.Messages.All(message => !message.IsAcknowledged), $"{device.Id} is not known, although readings of it were acknowledged.");
            return;
        }

        operators.Observe(twin);
        var readings = twin.GetProperty("readings").EnumerateObject().ToDictionary(
            last => last.Name, last => (Value: StoredDevice.Value(last.Value.GetProperty("value")), At: StoredDevice.Moment(last.Value.GetProperty("at"))));
        Assert.Equal(model.Values.OrderBy(last => last.Key, StringComparer.Ordinal), readings.OrderBy(last => last.Key, StringComparer.Ordinal));
        var isHeard = stored.Readings.Count > 0;
        Assert.Equal(isHeard, Has(twin, "lastSeen"));
        if (isHeard)
            Assert.Equal(stored.Readings.Max(reading => reading.ReceivedAt), StoredDevice.Moment(twin.GetProperty("lastSeen")));

        Alerts(device, stored, model, operators);
        var open = stored.Alerts.Where(IsOpen).Select(alert => alert.GetRawText());
        Assert.Equal(open, twin.GetProperty("openAlerts").EnumerateArray().OrderBy(StoredDevice.OccurrenceOf).Select(alert => alert.GetRawText()));

        var described = operators.CheckDescription(twin);
        if (isPresenceOwn)
            return;

        Assert.Equal(isHeard ? "online" : "unknown", twin.GetProperty("status").GetString());

        // Each thing that happened counts once: it came online, and every reading, step of an alert, description and update of its shadow.
        var steps = stored.Alerts.Sum(alert => 1 + (Has(alert, "acknowledgedAt") ? 1 : 0) + (Has(alert, "resolvedAt") ? 1 : 0));
        Assert.Equal((isHeard ? 1 : 0) + stored.Readings.Count + steps + model.Cleared + described + shadowVersion, stored.Version);
    }

    public static bool IsOpen(JsonElement alert) => alert.GetProperty("status").GetString() != "resolved";

    public static bool Has(JsonElement alert, string member) => alert.GetProperty(member).ValueKind != JsonValueKind.Null;

    private static void Alerts(LoadedDevice device, StoredDevice stored, TwinModel model, Operators operators)
    {
        foreach (var rule in LoadRule.All)
        {
            var expected = model.Alerts.Where(alert => alert.Rule == rule.Id).Select(alert => (alert.Value, alert.Resolution));
            var alerts = stored.Alerts.Where(alert => alert.GetProperty("ruleId").GetString() == rule.Id).ToList();
            Assert.Equal(expected, alerts.Select(alert => (StoredDevice.Value(alert.GetProperty("actualValue")), alert.GetProperty("resolution").GetString())));
        }

        Assert.Equal(model.Alerts.Count, stored.Alerts.Count);
        Assert.Equal(stored.Alerts.Count, stored.Alerts.Select(StoredDevice.OccurrenceOf).Distinct().Count());
        foreach (var alert in stored.Alerts)
        {
            Assert.InRange(StoredDevice.OccurrenceOf(alert), 1, stored.Version);
            Assert.Equal(device.Id, alert.GetProperty("deviceId").GetString());
            operators.CheckAcknowledgement(alert.GetProperty("alertId").GetString()!, alert.GetProperty("acknowledgedBy").GetString());
        }
    }

    private static bool Same(IReadOnlyDictionary<string, object> sent, IReadOnlyDictionary<string, object> stored) =>
        sent.Count == stored.Count && sent.All(metric => stored.TryGetValue(metric.Key, out var value) && value.Equals(metric.Value));
}
