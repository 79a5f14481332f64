using System.Text.Json;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

/// <summary>One silo of three dies without a word, under load.</summary>
public sealed class KilledSilo(ITestOutputHelper output)
{
    private const int Devices = 300;

    // A message per device each three seconds: what dynalite takes.
    private const double Rate = 100;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Three_hundred_devices_lose_nothing_are_alerted_once_and_are_served_again()
    {
        output.WriteLine("Edition: three silos");
        await using var webhook = await HttpReceiver.Start();
        await using var cluster = await SiloCluster.Start();
        var (dying, left) = (cluster.Silos[0], cluster.Silos.Skip(1).ToArray());
        await left[0].Entry.Api.PutRule("before", Reached(1, webhook));

        using var fleet = new Fleet(cluster, Devices, Rate);
        await Eventually.IsTrue("every device has an alert before the kill, and its webhook was called", () => Task.FromResult(webhook.Calls.Count >= Devices), Long);
        foreach (var alert in await left[0].Entry.Api.Alerts("rule=before"))
        {
            var alertId = alert.GetProperty("alertId").GetString()!;
            await Eventually.IsTrue($"that the webhook was told of {alertId} is recorded", () => left[0].Entry.Api.IsDelivered(alertId));
        }

        // The next alerts come while the others take over what the dead silo had.
        var threshold = fleet.HighestAcked + 2;
        await left[0].Entry.Api.PutRule("while", Reached(threshold, webhook));
        Assert.Empty(await left[0].Entry.Api.Alerts("rule=while"));

        var killed = TimeProvider.System.GetTimestamp();
        await dying.KillHard();

        await fleet.IsServedSince(killed);
        var served = TimeProvider.System.GetElapsedTime(killed);
        foreach (var silo in left)
        {
            // A list may lack a device for a moment while a dead silo is being replaced; what is asked for by name may not.
            await Eventually.IsTrue("every device is listed as online through every silo that is left", async () =>
            {
                var online = (await silo.Entry.Api.Get("devices?status=online&limit=1000")).GetProperty("items").EnumerateArray();
                return !fleet.DeviceIds.Except(online.Select(device => device.GetProperty("deviceId").GetString()!)).Any();
            });
        }

        await Eventually.IsTrue("every device has its second alert, and its webhook was called", () => Task.FromResult(webhook.Calls.Count >= 2 * Devices), Long);
        var result = await fleet.Stop().Within(Long, "the end of the swarm");
        output.WriteLine($"Measured: all {Devices} devices served again {served.TotalSeconds:0.0} s after kill -9 of one silo of three (each sends every {fleet.Period.TotalSeconds:0.0} s).");
        output.WriteLine($"{result}");
        Assert.True(result.IsComplete, $"Not everything was acknowledged in the end: {result}");
        Assert.True(result.ConnectionErrors >= Devices / 3, "No third of the devices was connected to the silo that was killed: it tested nothing.");

        await fleet.Acked.AreStoredOnce(left[^1].Entry.Api);
        foreach (var rule in new[] { "before", "while" })
        {
            var alerts = await left[^1].Entry.Api.Alerts($"rule={rule}");
            Assert.Equal(Devices, alerts.Count);
            Assert.Equal(Devices, alerts.Select(alert => alert.GetProperty("deviceId").GetString()).Distinct().Count());
        }

        Assert.Equal(2 * Devices, webhook.Calls.Select(Told).Distinct().Count());
        Assert.Equal(2 * Devices, webhook.Calls.Count);
    }

    private static string? Told(HttpCall call) => JsonDocument.Parse(call.Body).RootElement.GetProperty("alert").GetProperty("alertId").GetString();

    private static object Reached(long threshold, HttpReceiver webhook) => new
    {
        name = $"Reached {threshold}",
        condition = new { metric = "seq", @operator = ">=", threshold, duration = 0 },
        actions = new { webhooks = new[] { webhook.Hook } },
    };
}
