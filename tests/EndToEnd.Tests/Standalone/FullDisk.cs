using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Disks;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>A disk that takes nothing more while devices publish: really full, or refusing every write that makes a file longer.</summary>
public sealed class FullDisk(ITestOutputHelper output)
{
    private const int Devices = 5;
    private const int Enough = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_full_disk_stops_acknowledgements_and_nothing_else_until_there_is_room_again()
    {
        await using var disk = SmallDisk.TryMount(64, out var refusal);
        Assert.SkipWhen(disk is null, refusal ?? "");
        var folder = Directory.CreateDirectory(Path.Combine(disk.Path, "data")).FullName;
        await using var system = await StandaloneSystem.StartIn(folder);

        await Survives(system, "store.full", begin: () => Done(disk.Fill), end: () => Done(disk.Free));
    }

    [Fact]
    public async Task A_disk_that_fails_stops_acknowledgements_and_nothing_else_until_it_works_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit"), "There is no prlimit here to make writes fail with.");
        var folder = Directory.CreateTempSubdirectory("orleansiot-e2e-").FullName;
        await using var system = await StandaloneSystem.StartIn(folder, survivesFileLimits: true);

        // What the log has now is as far as a write may go.
        await Survives(
            system,
            "store.write-failed",
            begin: () => LimitFiles(system, new FileInfo(Path.Combine(folder, "orleansiot.db-wal")).Length.ToString(CultureInfo.InvariantCulture)),
            end: () => LimitFiles(system, "unlimited"));
    }

    private async Task Survives(StandaloneSystem system, string code, Func<Task> begin, Func<Task> end)
    {
        var readings = new PublishedReadings();
        var (acknowledged, refused) = (readings.Acknowledged, readings.Refused);
        using var enough = new CancellationTokenSource();
        var clients = await Task.WhenAll(Enumerable.Range(0, Devices).Select(number => PublishedReadings.Client(system, PublishedReadings.Name(number))));
        var publishing = clients.Select((client, number) => readings.Publish(client, PublishedReadings.Name(number), enough.Token)).ToArray();
        await Eventually.IsTrue("messages are acknowledged", () => Task.FromResult(acknowledged.Count > Enough), Limit);

        await begin();
        await Eventually.IsTrue("health tells of it", async () => await Health(system) is (HttpStatusCode.ServiceUnavailable, var body) && body.Contains(code, StringComparison.Ordinal), Limit);
        await AreRefused(refused, 50);
        var (before, refusedBefore) = (acknowledged.Count, refused.Count);
        await AreRefused(refused, refusedBefore + 50);
        Assert.Equal(before, acknowledged.Count);
        Assert.All(refused, reason => Assert.Equal(MqttReasonCode.UnspecifiedError, reason));
        Assert.All(clients, client => Assert.True(client.IsConnected));
        Assert.True(await PublishedReadings.Stored(system, PublishedReadings.Name(0)) is { Count: > 0 });
        Assert.NotNull(await system.Api.Device(PublishedReadings.Name(1)));
        Assert.Contains($"orleansiot_store_outage{{code=\"{code}\"}} 1", await Text(system, "metrics"), StringComparison.Ordinal);

        await end();
        await Eventually.IsTrue("messages are acknowledged again", () => Task.FromResult(acknowledged.Count > before + Enough), Limit);
        await Eventually.IsTrue("health is well", async () => await Health(system) is (HttpStatusCode.OK, _), Limit);
        await system.KillHard();
        await enough.CancelAsync();
        await Task.WhenAll(publishing).Within(Limit, "the publishers to notice");
        output.WriteLine($"{before} acknowledged before, {refused.Count} refused, {acknowledged.Count} acknowledged in all");
        Assert.Single(Regex.Matches(system.Output, $"{Regex.Escape(code)}: the store takes no writes"));
        Assert.Single(Regex.Matches(system.Output, "The store takes writes again"));
        Assert.DoesNotContain("Device ", system.Output, StringComparison.Ordinal);

        await system.StartAgain();
        foreach (var device in acknowledged.GroupBy(message => message.Device, message => message.Sequence))
        {
            var stored = await PublishedReadings.Stored(system, device.Key);
            Assert.Equal(stored.Distinct().Count(), stored.Count);
            Assert.Empty(device.Except(stored));
        }

        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private static Task AreRefused(ConcurrentQueue<MqttReasonCode> refused, int atLeast) =>
        Eventually.IsTrue($"{atLeast} messages are refused", () => Task.FromResult(refused.Count >= atLeast), Limit);

    private static async Task<(HttpStatusCode, string)> Health(StandaloneSystem system)
    {
        using var response = await system.Api.Http.GetAsync(new Uri(system.Http, "health/ready"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task<string> Text(StandaloneSystem system, string path) => system.Api.Http.GetStringAsync(new Uri(system.Http, path));

    private static async Task LimitFiles(StandaloneSystem system, string bytes)
    {
        var limit = await ChildProcess.Run("prlimit", ["--pid", system.ProcessId.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"], Limit);
        Assert.True(limit.ExitCode == 0, limit.Output);
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
