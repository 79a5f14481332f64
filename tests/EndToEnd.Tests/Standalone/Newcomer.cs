using System.Text.RegularExpressions;
using OrleansIot.TestKit;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>What somebody sees who starts it for the first time, or starts it wrongly.</summary>
public sealed class Newcomer
{
    [Fact]
    public async Task This_machine_is_an_online_device_with_real_readings_within_ten_seconds()
    {
        await using var system = await StandaloneSystem.Start("--Agent:Enabled=true", "--Agent:DeviceId=this-machine");

        // It connects before it reads its sensors.
        var device = await Eventually.Is(
            "this machine is online and has sent a reading",
            async () => await system.Api.Device("this-machine") is { } seen && seen.GetProperty("readings").EnumerateObject().Any() ? (object)seen : null,
            TimeSpan.FromSeconds(10));
        var json = (System.Text.Json.JsonElement)device;
        Assert.Equal("online", json.GetProperty("status").GetString());
        Assert.InRange(json.GetProperty("readings").GetProperty("cpu-percent").GetProperty("value").GetDouble(), 0, 100);
        Assert.InRange(json.GetProperty("readings").GetProperty("memory-percent").GetProperty("value").GetDouble(), 1, 100);
        Assert.InRange(json.GetProperty("readings").GetProperty("disk-root-used-percent").GetProperty("value").GetDouble(), 1, 100);
    }

    [Fact]
    public async Task Every_part_says_that_it_is_ready()
    {
        await using var system = await StandaloneSystem.Start();
        using var http = new HttpClient();

        var health = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(system.Http, "/health/ready"))).RootElement;

        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(
            ["data", "device-types", "gateway", "outbox", "rules", "store", "twins"],
            health.GetProperty("checks").EnumerateObject().Select(check => check.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_demo_fleet_comes_up_when_asked_for()
    {
        await using var system = await StandaloneSystem.Start("--Demo:Devices=12");
        await Eventually.IsTrue("twelve devices are there", async () => (await system.Api.Get("devices?limit=100")).GetProperty("items").GetArrayLength() == 12, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Every_faulty_setting_is_named_at_once_and_nothing_starts()
    {
        var child = await StandaloneSystem.RunToItsEnd("--Gateway:Port=99999", "--Twins:HeartbeatLimit=00:00:00", "--Demo:Devices=-1");
        Assert.NotEqual(0, child.ExitCode);
        Assert.Contains("Cannot start: Gateway:Port must be", child.Output, StringComparison.Ordinal);
        Assert.Contains("Cannot start: Twins:HeartbeatLimit must be", child.Output, StringComparison.Ordinal);
        Assert.Contains("Cannot start: Demo:Devices must be", child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_taken_already_is_told_in_one_line()
    {
        await using var system = await StandaloneSystem.Start();
        await IsRefused("--urls", $"--urls={system.Http}", "--Gateway:Port=0");
        await IsRefused("Gateway:Port", "--urls=http://127.0.0.1:0", $"--Gateway:Port={system.MqttPort}");
        await IsRefused("Gateway:Host", "--urls=http://127.0.0.1:0", "--Gateway:Port=0", "--Gateway:Host=192.0.2.1", "--Access:ApiKey=correct-horse-battery");
        await IsRefused("Data:Path", "--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={system.DataFolder}");

        static async Task IsRefused(string mend, params string[] arguments)
        {
            var folder = Directory.CreateTempSubdirectory("orleansiot-e2e-").FullName;
            var child = await StandaloneSystem.RunToItsEnd([$"--Data:Path={folder}", "--Agent:Enabled=false", .. arguments]);
            Directory.Delete(folder, recursive: true);
            Assert.Equal(2, child.ExitCode);
            Assert.Contains(mend, child.Output.Split('\n').Single(line => line.StartsWith("Cannot start: ", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", child.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--Gateway:Host=0.0.0.0")]
    public async Task Without_a_key_nothing_listens_beyond_this_machine(string setting)
    {
        var folder = Directory.CreateTempSubdirectory("orleansiot-e2e-").FullName;
        var child = await StandaloneSystem.RunToItsEnd("--urls=http://127.0.0.1:0", "--Gateway:Port=0", $"--Data:Path={folder}", "--Agent:Enabled=false", setting);
        Assert.NotEqual(0, child.ExitCode);
        Assert.Contains("Access:ApiKey", child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", child.Output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task With_a_key_the_api_answers_only_to_those_who_have_it()
    {
        await using var system = await StandaloneSystem.Start("--Access:ApiKey=correct-horse-battery");
        Assert.Equal(401, (int)(await system.Api.Http.GetAsync("devices")).StatusCode);

        system.Api.Http.DefaultRequestHeaders.Add("X-Api-Key", "correct-horse-battery");
        Assert.Equal(200, (int)(await system.Api.Http.GetAsync("devices")).StatusCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_cleanly()
    {
        await using var system = await StandaloneSystem.Start("--Agent:Enabled=true", "--Demo:Devices=5");
        Assert.Equal(0, await system.Stop());
        Assert.DoesNotMatch(new Regex("Unhandled|fail:|crit:"), system.Output);
    }
}
