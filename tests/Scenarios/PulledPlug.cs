using OrleansIot.DeviceSwarm;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Scenarios;

public abstract class PulledPlug<TEdition>(ITestOutputHelper output) : Scenario<TEdition>(output)
    where TEdition : IEdition, new()
{
    [Fact]
    public async Task Every_acknowledged_message_is_in_the_history_after_kill_9_and_nothing_is_doubled()
    {
        var load = Edition.Load;
        await using var webhook = await HttpReceiver.Start();
        await using var system = await Edition.Start();
        await system.Api.PutRule("seen", Watch("swarm-1", webhook, threshold: 1));
        await system.Api.PutRule("seen-late", Watch("swarm-2", webhook, threshold: load.Messages / load.Devices));

        var ackLog = Path.GetTempFileName();
        var swarm = new Swarm(
            new SwarmOptions
            {
                Brokers = [.. system.Entries.Select(entry => new BrokerAddress("127.0.0.1", entry.MqttPort))],
                Devices = load.Devices,
                Connections = 50,
                Messages = load.Messages,
                Rate = load.Rate,
                AckLog = ackLog,
                MessageIds = true,
                ReconnectTries = 200,
            },
            TimeProvider.System);
        var running = swarm.Run();

        await Eventually.IsTrue("a third of the messages are acknowledged", () => Task.FromResult(Lines(ackLog).Length > load.Messages / 3), TimeSpan.FromSeconds(30));
        await Eventually.IsTrue("the first alert's webhook is delivered and recorded", async () =>
            await system.Api.Alerts("device=swarm-1") is [var alert] && await IsDelivered(system, alert.GetProperty("alertId").GetString()!));
        await system.KillHard();
        var acknowledgedBeforeTheKill = Lines(ackLog).Length;
        await system.StartAgain();

        var result = await running.Within(TimeSpan.FromSeconds(60), "the end of the swarm");
        Output.WriteLine($"{acknowledgedBeforeTheKill} acknowledged before the kill; in all: {result}");
        Assert.True(acknowledgedBeforeTheKill < load.Messages, "The kill came after everything was sent: it tested nothing.");
        Assert.True(result.IsComplete, $"Not everything was acknowledged in the end: {result}");

        foreach (var group in Lines(ackLog).Select(line => line.Split(' ')).GroupBy(parts => parts[0], parts => long.Parse(parts[1], null)))
        {
            var stored = await StoredSequences(system, group.Key);
            Assert.Equal(stored.Distinct().Count(), stored.Count);
            Assert.Empty(group.Except(stored));
        }

        await Eventually.IsTrue("the second rule's alert is delivered", async () =>
            await system.Api.Alerts("device=swarm-2") is [var alert] && await IsDelivered(system, alert.GetProperty("alertId").GetString()!));
        Assert.Single(await system.Api.Alerts("device=swarm-1"));
        Assert.Single(await system.Api.Alerts("device=swarm-2"));
        Assert.Equal(2, webhook.Calls.Count);
        File.Delete(ackLog);
    }

    private static object Watch(string device, HttpReceiver webhook, int threshold) => new
    {
        name = $"{device} reached {threshold}",
        deviceIds = new[] { device },
        condition = new { metric = "seq", @operator = ">=", threshold, duration = 0 },
        actions = new { webhooks = new[] { webhook.Hook } },
    };

    private static async Task<bool> IsDelivered(IRunningSystem system, string alertId) =>
        (await system.Api.Get($"alerts/{alertId}/deliveries")).GetProperty("items").EnumerateArray().Any(delivery => delivery.GetProperty("status").GetString() == "delivered");

    private static async Task<List<long>> StoredSequences(IRunningSystem system, string device)
    {
        var readings = await system.Api.Get($"devices/{device}/readings?from=-1h&limit=1000");
        return [.. readings.GetProperty("items").EnumerateArray().Select(reading => reading.GetProperty("metrics").GetProperty("seq").GetInt64())];
    }

    // The swarm still writes while this reads; a line that is not whole yet is not counted.
    private static string[] Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
