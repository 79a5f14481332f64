using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Http;

namespace OrleansIot.Scenarios;

public abstract class OneAlert<TEdition>(ITestOutputHelper output) : Scenario<TEdition>(output), IAsyncLifetime
    where TEdition : IEdition, new()
{
    private IRunningSystem _system = null!;
    private HttpReceiver _webhook = null!;

    public async ValueTask InitializeAsync()
    {
        _webhook = await HttpReceiver.Start();
        _system = await Edition.Start();
        await _system.Api.PutRule("too-hot", new
        {
            name = "Too hot",
            condition = new { metric = "temperature", @operator = ">", threshold = 70, duration = 0 },
            clearThreshold = 65,
            severity = "critical",
            cooldownPeriod = 0,
            actions = new { webhooks = new[] { _webhook.Hook } },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await _webhook.DisposeAsync();
    }

    [Fact]
    public async Task Two_hundred_concurrent_publishes_open_one_alert_and_call_its_webhook_once()
    {
        await Publish("boiler-7", """{"temperature": 71.5, "messageId": "same"}""", times: 100);
        await Publish("boiler-7", """{"temperature": 71.5}""", times: 100);

        var alert = Assert.Single(await _system.Api.Alerts("device=boiler-7"));
        Assert.Equal("triggered", alert.GetProperty("status").GetString());
        Assert.Equal(71.5, alert.GetProperty("actualValue").GetDouble());
        var alertId = alert.GetProperty("alertId").GetString()!;

        await Eventually.IsTrue("the webhook is called and that is recorded", async () =>
            await _system.Api.IsDelivered(alertId));
        Assert.Single(_webhook.Calls);

        var acknowledged = await _system.Api.Post($"alerts/{alertId}/acknowledge");
        Assert.Equal("acknowledged", acknowledged.GetProperty("status").GetString());

        await Publish("boiler-7", """{"temperature": 66}""");
        Assert.Equal("acknowledged", await Status(alertId));

        await Publish("boiler-7", """{"temperature": 64.9}""");
        Assert.Equal("resolved", await Status(alertId));
        Assert.Single(_webhook.Calls);
    }

    [Fact]
    public async Task An_open_alert_survives_a_restart_and_does_not_fire_again()
    {
        await Publish("boiler-8", """{"temperature": 80}""");
        await Eventually.IsTrue("the webhook is called", () => Task.FromResult(_webhook.Calls.Count == 1));
        await _system.Stop();
        await _system.StartAgain();

        await Publish("boiler-8", """{"temperature": 81}""");
        var alert = Assert.Single(await _system.Api.Alerts("device=boiler-8"));
        Assert.Equal(80, alert.GetProperty("actualValue").GetDouble());
        Assert.Single(_webhook.Calls);
    }

    private async Task<string?> Status(string alertId) => (await _system.Api.Get($"alerts/{alertId}")).GetProperty("status").GetString();

    private async Task Publish(string device, string payload, int times = 1)
    {
        await using var client = await TestClient.Connect(_system.MqttPort);
        await Task.WhenAll(Enumerable.Range(0, times).Select(_ => client.Publish($"dt/devices/{device}/telemetry", payload)));
    }
}
