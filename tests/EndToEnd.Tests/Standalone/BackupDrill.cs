using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>What an operator does on the worst day, from the commands of docs/operations.md.</summary>
public sealed class BackupDrill(ITestOutputHelper output)
{
    private const int Devices = 3;
    private const int Enough = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_backup_made_under_load_restores_to_a_prefix_with_everything_that_was_acknowledged_before_it_began()
    {
        var place = Directory.CreateTempSubdirectory("orleansiot-drill-").FullName;
        var backup = Path.Combine(place, "backup");
        var restored = Path.Combine(place, "restored");
        var readings = new PublishedReadings();
        await using (var system = await StandaloneSystem.Start())
        {
            using var enough = new CancellationTokenSource();
            var clients = await Task.WhenAll(Enumerable.Range(0, Devices).Select(number => PublishedReadings.Client(system, PublishedReadings.Name(number))));
            var publishing = clients.Select((client, number) => readings.Publish(client, PublishedReadings.Name(number), enough.Token)).ToArray();
            await Eventually.IsTrue("readings are acknowledged", () => Task.FromResult(readings.Acknowledged.Count > Enough), Limit);
            await system.Api.PutRule("hot", new { name = "Hot", condition = new { metric = "seq", @operator = ">=", threshold = 100_000, duration = 0 } });

            var before = readings.Acknowledged.ToArray();
            var made = await StandaloneSystem.RunToItsEnd("backup", "--to", backup, $"--Data:Path={system.DataFolder}");
            Assert.True(made.ExitCode == 0, made.Output);
            Assert.Contains("verified", made.Output, StringComparison.Ordinal);
            await Eventually.IsTrue("more readings are acknowledged", () => Task.FromResult(readings.Acknowledged.Count > before.Length + Enough), Limit);
            await system.KillHard();
            await enough.CancelAsync();
            await Task.WhenAll(publishing).Within(Limit, "the publishers to notice");

            var put = await StandaloneSystem.RunToItsEnd("restore", "--from", backup, $"--Data:Path={restored}");
            Assert.True(put.ExitCode == 0, put.Output);
            await using (var again = await StandaloneSystem.StartIn(restored))
            {
                foreach (var number in Enumerable.Range(0, Devices))
                {
                    var device = PublishedReadings.Name(number);
                    var stored = await PublishedReadings.Stored(again, device);
                    output.WriteLine($"{device}: {stored.Count} restored of {readings.Acknowledged.Count(message => message.Device == device)}");
                    Assert.Equal(Enumerable.Range(0, stored.Count), stored.Order());
                    Assert.Empty(before.Where(message => message.Device == device).Select(message => message.Sequence).Except(stored));
                    var twin = await again.Api.Device(device);
                    Assert.Equal(stored.Count - 1, twin!.Value.GetProperty("readings").GetProperty("seq").GetProperty("value").GetInt32());
                }

                Assert.Equal("Hot", (await again.Api.Get("rules/hot")).GetProperty("name").GetString());
                await using var client = await PublishedReadings.Client(again, "after");
                await client.Publish(new Mqtt.Client.MqttMessage { Topic = "dt/devices/after/telemetry", Payload = """{"seq": 1}"""u8.ToArray() });
            }

            foreach (var client in clients)
                await client.DisposeAsync();
        }

        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task A_restore_under_a_running_instance_is_refused_in_a_line_that_says_what_to_do()
    {
        var place = Directory.CreateTempSubdirectory("orleansiot-drill-").FullName;
        await using (var system = await StandaloneSystem.Start())
        {
            var backup = Path.Combine(place, "backup");
            Assert.Equal(0, (await StandaloneSystem.RunToItsEnd("backup", "--to", backup, $"--Data:Path={system.DataFolder}")).ExitCode);

            var refused = await StandaloneSystem.RunToItsEnd("restore", "--from", backup, $"--Data:Path={system.DataFolder}");

            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("Cannot restore: ", refused.Output, StringComparison.Ordinal);
            Assert.Contains("Stop that process", refused.Output, StringComparison.Ordinal);
        }

        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task A_command_without_its_folder_is_told_which()
    {
        var refused = await StandaloneSystem.RunToItsEnd("backup");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--to", refused.Output, StringComparison.Ordinal);
    }
}
