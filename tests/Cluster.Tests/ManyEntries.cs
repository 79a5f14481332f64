using System.Collections.Concurrent;
using System.Text.Json;
using OrleansIot.Scenarios;
using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit;

namespace OrleansIot.Cluster.Tests;

/// <summary>It does not matter which silo one talks to.</summary>
public abstract class ManyEntries<TEdition>(SharedSystem<TEdition> shared, ITestOutputHelper output) : SharedScenario<TEdition>(shared, output)
    where TEdition : IEdition, new()
{
    // As many as make it next to impossible that one silo owns them all.
    private const int Devices = 20;

    [Fact]
    public async Task A_device_is_seen_at_once_through_every_silo_whichever_it_is_connected_to()
    {
        for (var entry = 0; entry < Running.Entries.Count; entry++)
        {
            await using var client = await TestClient.Connect(Running.Entries[entry].MqttPort);
            for (var i = 0; i < Devices; i++)
            {
                var device = $"seen-{entry}-{i}";
                await client.Publish($"dt/devices/{device}/telemetry", $$"""{"temperature": {{i}} }""");
                foreach (var asked in Running.Entries)
                {
                    var seen = await asked.Api.Device(device);
                    Assert.Equal(i, seen?.GetProperty("readings").GetProperty("temperature").GetProperty("value").GetDouble());
                }
            }
        }

        foreach (var asked in Running.Entries)
        {
            var listed = await asked.Api.Get("devices?search=seen-&limit=1000");
            Assert.Equal(Devices * Running.Entries.Count, listed.GetProperty("items").EnumerateArray().Select(Id).Distinct().Count());
        }
    }

    [Fact]
    public async Task A_rule_given_to_one_silo_is_in_force_on_all_when_it_is_answered()
    {
        for (var entry = 0; entry < Running.Entries.Count; entry++)
        {
            var rule = $"given-to-{entry}";
            await Running.Entries[entry].Api.PutRule(rule, new { name = rule, condition = new { metric = $"strain-{entry}", @operator = ">", threshold = 5, duration = 0 } });
            foreach (var (number, other) in Running.Entries.Index())
            {
                await using var client = await TestClient.Connect(other.MqttPort);
                for (var i = 0; i < Devices; i++)
                    await client.Publish($"dt/devices/beam-{number}-{i}/telemetry", $$"""{"strain-{{entry}}": 6}""");
            }

            var alerts = await Running.Api.Alerts($"rule={rule}");
            Assert.Equal(Devices * Running.Entries.Count, alerts.Select(alert => alert.GetProperty("deviceId").GetString()).Distinct().Count());
        }
    }

    [Fact]
    public async Task An_alert_is_acknowledged_through_any_silo_and_all_know()
    {
        await Running.Api.PutRule("too-loud", new { name = "Too loud", condition = new { metric = "noise", @operator = ">", threshold = 80, duration = 0 } });
        await using var client = await TestClient.Connect(Running.MqttPort);
        foreach (var (number, entry) in Running.Entries.Index())
        {
            await client.Publish($"dt/devices/horn-{number}/telemetry", """{"noise": 90}""");
            var alertId = Assert.Single(await entry.Api.Alerts($"device=horn-{number}")).GetProperty("alertId").GetString();

            await entry.Api.Post($"alerts/{alertId}/acknowledge");

            foreach (var asked in Running.Entries)
            {
                Assert.Equal("acknowledged", (await asked.Api.Get($"alerts/{alertId}")).GetProperty("status").GetString());
                var open = (await asked.Api.Device($"horn-{number}"))!.Value.GetProperty("openAlerts").EnumerateArray().Single();
                Assert.Equal("acknowledged", open.GetProperty("status").GetString());
            }
        }
    }

    [Fact]
    public async Task A_subscriber_hears_what_is_published_through_every_silo_whichever_it_is_connected_to()
    {
        foreach (var (listening, ear) in Running.Entries.Index())
        {
            var heard = new ConcurrentQueue<string>();
            await using var subscriber = await TestClient.Connect(ear.MqttPort);
            await subscriber.Subscribe($"plant/{listening}/#", heard.Enqueue);
            foreach (var (number, mouth) in Running.Entries.Index())
            {
                await using var publisher = await TestClient.Connect(mouth.MqttPort);
                for (var i = 0; i < Devices; i++)
                    await publisher.Publish($"plant/{listening}/line", $"{number}-{i}");

                string[] said = [.. Enumerable.Range(0, Devices).Select(i => $"{number}-{i}")];
                await Eventually.IsTrue(
                    $"what was published on silo {number} is heard on silo {listening}, once and in its order",
                    () => Task.FromResult(said.SequenceEqual(heard.Where(text => text.StartsWith($"{number}-", StringComparison.Ordinal)))));
            }
        }
    }

    [Fact]
    public async Task A_shadow_is_changed_and_read_through_every_silo_and_its_answers_are_heard_in_their_order_on_all()
    {
        foreach (var (number, owner) in Running.Entries.Index())
        {
            foreach (var (askedNumber, asked) in Running.Entries.Index())
            {
                // A twin begins where its device is first heard of.
                var device = $"valve-{number}-{askedNumber}";
                await using var first = await TestClient.Connect(owner.MqttPort);
                await first.Publish($"dt/devices/{device}/telemetry", """{"pressure": 1}""");
                await using var ears = await ShadowEars.Listen(Running.Entries, device);
                await using var client = await TestClient.Connect(asked.MqttPort);

                for (var i = 1; i <= 3; i++)
                {
                    await client.Publish($"$aws/things/{device}/shadow/update", $$"""{"state": {"desired": {"open": {{i}} } } }""");
                    ears.Expect($"update/delta {i}", $"update/documents {i}", $"update/accepted {i}");
                }

                await ears.AllHeard();
                await client.Publish($"$aws/things/{device}/shadow/update", """{"state": {"desired": {"open": 9}}, "version": 1}""");
                await ears.AllHear("update/rejected 409");
                await client.Publish($"$aws/things/{device}/shadow/get", "");
                await ears.AllHear("get/accepted 3");

                foreach (var entry in Running.Entries)
                {
                    var (path, before) = ($"devices/{device}/shadows/$classic", ears.Version);
                    Assert.Equal(before, (await entry.Api.Get(path)).GetProperty("version").GetInt32());
                    var changed = await entry.Api.Patch(path, new { state = new { reported = new { open = before } } });
                    Assert.Equal(before + 1, changed.GetProperty("version").GetInt32());

                    // Until what is reported is what is desired, there is a delta.
                    string[] delta = before == 3 ? [] : [$"update/delta {before + 1}"];
                    await ears.AllHear([.. delta, $"update/documents {before + 1}", $"update/accepted {before + 1}"]);
                }

                await client.Publish($"$aws/things/{device}/shadow/delete", "");
                await ears.AllHear($"delete/accepted {ears.Version}");
                await client.Publish($"$aws/things/{device}/shadow/get", "");
                await ears.AllHear("get/rejected 404");
            }
        }
    }

    [Fact]
    public async Task Every_silo_says_that_it_is_ready()
    {
        foreach (var entry in Running.Entries)
        {
            using var http = new HttpClient();
            var health = JsonDocument.Parse(await http.GetStringAsync(new Uri(entry.Http, "/health/ready"))).RootElement;
            Assert.Equal("healthy", health.GetProperty("status").GetString());
        }
    }

    private static string? Id(JsonElement device) => device.GetProperty("deviceId").GetString();
}
