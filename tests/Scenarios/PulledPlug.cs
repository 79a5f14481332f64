using OrleansIot.DeviceSwarm;
using OrleansIot.Scenarios.Clients;
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

        using var acked = new AckedMessages();
        var swarm = new Swarm(
            new SwarmOptions
            {
                Brokers = [.. system.Entries.Select(entry => new BrokerAddress("127.0.0.1", entry.MqttPort))],
                Devices = load.Devices,
                Connections = 50,
                Messages = load.Messages,
                Rate = load.Rate,
                AckLog = acked.Log,
                MessageIds = true,
                ReconnectTries = 200,
            },
            TimeProvider.System);
        var running = swarm.Run();

        await Eventually.IsTrue("a third of the messages are acknowledged", () => Task.FromResult(acked.Read().Count > load.Messages / 3));
        await Eventually.IsTrue("the first alert's webhook is delivered and recorded", async () =>
            await system.Api.Alerts("device=swarm-1") is [var alert] && await system.Api.IsDelivered(alert.GetProperty("alertId").GetString()!));
        await system.KillHard();
        var acknowledgedBeforeTheKill = acked.Read().Count;
        await system.StartAgain();

        var result = await running.Within(TimeSpan.FromSeconds(60), "the end of the swarm");
        Output.WriteLine($"{acknowledgedBeforeTheKill} acknowledged before the kill; in all: {result}");
        Assert.True(acknowledgedBeforeTheKill < load.Messages, "The kill came after everything was sent: it tested nothing.");
        Assert.True(result.IsComplete, $"Not everything was acknowledged in the end: {result}");

        await acked.AreStoredOnce(system.Api);

        await Eventually.IsTrue("the second rule's alert is delivered", async () =>
            await system.Api.Alerts("device=swarm-2") is [var alert] && await system.Api.IsDelivered(alert.GetProperty("alertId").GetString()!));
        Assert.Single(await system.Api.Alerts("device=swarm-1"));
        Assert.Single(await system.Api.Alerts("device=swarm-2"));
        Assert.Equal(2, webhook.Calls.Count);
    }

    private static object Watch(string device, HttpReceiver webhook, int threshold) => new
    {
        name = $"{device} reached {threshold}",
        deviceIds = new[] { device },
        condition = new { metric = "seq", @operator = ">=", threshold, duration = 0 },
        actions = new { webhooks = new[] { webhook.Hook } },
    };
}
