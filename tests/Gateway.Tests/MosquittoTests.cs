using System.Text.RegularExpressions;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>The gateway against clients that nobody here wrote.</summary>
public sealed class MosquittoTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    private ListeningGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ListeningGateway.Start();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_published_reading_reaches_its_twin(string version)
    {
        await Publish("-V", version, "-q", "1", "-t", "dt/devices/pump-1/telemetry", "-m", """{"temperature": 21.5}""");
        var ingest = await _gateway.Twins.Next<TwinCommand.Ingest>();
        Assert.Equal(("pump-1", 21.5), (ingest.Device.Value, ingest.Ingest.Reading.Metrics[0].Value.Number));
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_wildcard_subscription_receives_what_matches(string version)
    {
        await using var subscriber = await Subscribe("-V", version, "-q", "1", "-t", "site/+/alarm", "-t", "home/#");
        await Publish("-V", version, "-q", "1", "-t", "site/a/other", "-m", "no");
        await Publish("-V", version, "-q", "1", "-t", "site/a/alarm", "-m", "yes");
        await Publish("-V", version, "-q", "0", "-t", "home/x/y", "-m", "deep");
        await subscriber.Line(new Regex("^site/a/alarm yes$"), Patience);
        await subscriber.Line(new Regex("^home/x/y deep$"), Patience);
        Assert.DoesNotContain("other", subscriber.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retained_message_greets_a_later_subscriber_until_it_is_cleared()
    {
        await Publish("-r", "-q", "1", "-t", "state/door", "-m", "open");
        await using (var first = await Subscribe("-t", "state/#"))
            await first.Line(new Regex("^state/door open$"), Patience);

        await Publish("-r", "-q", "1", "-t", "state/door", "-n");
        await Publish("-r", "-q", "1", "-t", "state/window", "-m", "shut");
        await using var second = await Subscribe("-t", "state/#");
        await second.Line(new Regex("^state/window shut$"), Patience);
        Assert.DoesNotContain("door", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_will_is_published_when_its_client_is_killed()
    {
        await using var subscriber = await Subscribe("-t", "wills/#");
        await using var doomed = await Subscribe("-t", "nothing", "--will-topic", "wills/doomed", "--will-payload", "gone", "--will-qos", "1");
        await doomed.KillHard();
        await subscriber.Line(new Regex("^wills/doomed gone$"), Patience);
    }

    [Fact]
    public async Task Many_lines_of_one_publisher_arrive_in_order()
    {
        const int Count = 2_000;
        var lines = string.Concat(Enumerable.Range(0, Count).Select(n => $"{{\"n\": {n}}}\n"));
        var file = Path.Combine(Path.GetTempPath(), $"gateway-tests-{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(file, lines);
        try
        {
            var sh = await ChildProcess.Run(
                "/bin/sh",
                ["-c", $"'{Installed.Require("mosquitto_pub")}' -h 127.0.0.1 -p {_gateway.Port} -q 1 -t devices/n/monitoring -l < '{file}'"],
                Patience);
            Assert.Equal(0, sh.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }

        for (var n = 0; n < Count; n++)
            Assert.Equal(n, (await _gateway.Twins.Next<TwinCommand.Ingest>()).Ingest.Reading.Metrics[0].Value.Number);
    }

    private Task Publish(params string[] arguments) => MosquittoPub.Run(_gateway.Port, arguments);

    private Task<ChildProcess> Subscribe(params string[] arguments) => MosquittoSub.Start(_gateway.Port, arguments);
}
