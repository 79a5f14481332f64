using System.Text.RegularExpressions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>mosquitto's own clients: QoS 2, sessions that outlive their connection, and what of 5.0 stands on them.</summary>
[Trait("Protocol", "Whole")]
public sealed class MosquittoWholeProtocol(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task QoS_2_arrives_once_and_in_order(string version)
    {
        const int Count = 300;

        // mosquitto_sub 2.0.11 miscounts QoS 2 against its own receive maximum of 20 and leaves mosquitto itself with a protocol error.
        string[] room = version == "mqttv5" ? ["-D", "connect", "receive-maximum", "65535"] : [];
        await using var subscriber = await MosquittoSub.Start(gateway.Port, ["-V", version, .. room, "-q", "2", "-t", $"once/{version}", "-F", "%t %p %q"]);
        await using var publisher = await ChildProcess.Run(
            Installed.Require("mosquitto_pub"),
            ["-h", "127.0.0.1", "-p", $"{gateway.Port}", "-V", version, "-q", "2", "-t", $"once/{version}", "-l"],
            Patience,
            input: string.Concat(Enumerable.Range(0, Count).Select(n => $"{n}\n")));
        Assert.True(publisher.ExitCode == 0, publisher.Output);
        await MosquittoPub.Run(gateway.Port, "-V", version, "-q", "2", "-t", $"once/{version}", "-m", "end");
        await subscriber.Line(new Regex($"^once/{version} end 2$"), Patience);
        Assert.Equal(
            Enumerable.Range(0, Count).Select(n => $"once/{version} {n} 2"),
            subscriber.Output.Split('\n').Where(line => !line.StartsWith("ready", StringComparison.Ordinal)).SkipLast(1));
    }

    // -c: clean session off; 5.0: -x, the session's time in seconds.
    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_session_keeps_what_came_while_its_client_was_away(string version)
    {
        string[] session = ["-V", version, "-c", "-i", $"away-{version}", "-q", "2", "-t", $"away/{version}", .. version == "mqttv5" ? ["-x", "300"] : Array.Empty<string>()];
        await MosquittoSub.Run(gateway.Port, [.. session, "-E"]);
        await MosquittoPub.Run(gateway.Port, "-V", version, "-q", "1", "-t", $"away/{version}", "-m", "one");
        await MosquittoPub.Run(gateway.Port, "-V", version, "-q", "2", "-t", $"away/{version}", "-m", "two");
        await MosquittoPub.Run(gateway.Port, "-V", version, "-q", "1", "-t", $"away/{version}", "-m", "three");

        // Order holds within a QoS; a message of QoS 2 is printed when it is released.
        var kept = (await MosquittoSub.Run(gateway.Port, [.. session, "-F", "%q %p", "-C", "3", "-W", "15"])).Split('\n');
        Assert.Equal(["1 one", "1 three"], kept.Where(line => line[0] == '1'));
        Assert.Equal(["2 two"], kept.Where(line => line[0] != '1'));
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_clean_start_forgets_what_was_kept(string version)
    {
        string[] client = ["-V", version, "-i", $"forgets-{version}", "-q", "1", "-t", $"forgets/{version}"];
        await MosquittoSub.Run(gateway.Port, [.. client, "-c", .. version == "mqttv5" ? ["-x", "300"] : Array.Empty<string>(), "-E"]);
        await MosquittoPub.Publish(gateway.Port, $"forgets/{version}", "old", "-V", version);
        await using var anew = await MosquittoSub.Start(gateway.Port, client);
        await MosquittoPub.Publish(gateway.Port, $"forgets/{version}", "new", "-V", version);
        await anew.Line(new Regex($"^forgets/{version} new$"), Patience);
        Assert.DoesNotContain("old", anew.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retained_message_of_QoS_2_greets_with_QoS_2()
    {
        await MosquittoPub.Run(gateway.Port, "-q", "2", "-r", "-t", "kept/door", "-m", "open");
        Assert.Equal("2 1 open", await MosquittoSub.Run(gateway.Port, "-q", "2", "-t", "kept/#", "-F", "%q %r %p", "-C", "1", "-W", "15"));
    }

    [Fact]
    public async Task A_will_of_QoS_2_arrives_after_its_delay()
    {
        await using var subscriber = await MosquittoSub.Start(gateway.Port, ["-V", "mqttv5", "-q", "2", "-t", "wills/late", "-F", "%t %p %q"]);
        await using var doomed = await MosquittoSub.Start(
            gateway.Port,
            ["-V", "mqttv5", "-x", "300", "-i", "doomed", "-t", "nothing", "--will-topic", "wills/late", "--will-payload", "gone", "--will-qos", "2", "-D", "will", "will-delay-interval", "1"]);
        await doomed.KillHard();
        await subscriber.Line(new Regex("^wills/late gone 2$"), Patience);
    }

    [Fact]
    public async Task Two_that_share_a_subscription_divide_its_messages()
    {
        const int Count = 40;
        string[] sharing = ["-V", "mqttv5", "-q", "1", "-t", "$share/workers/jobs", "-t", "all/done"];
        await using var first = await MosquittoSub.Start(gateway.Port, sharing);
        await using var second = await MosquittoSub.Start(gateway.Port, sharing);
        await MosquittoPub.Run(gateway.Port, "-V", "mqttv5", "-q", "1", "-t", "jobs", "-m", "job", "--repeat", $"{Count}");
        await MosquittoPub.Publish(gateway.Port, "all/done", "yes");
        await first.Line(new Regex("^all/done yes$"), Patience);
        await second.Line(new Regex("^all/done yes$"), Patience);
        int[] jobs = [.. new[] { first, second }.Select(worker => worker.Output.Split('\n').Count(line => line == "jobs job"))];
        Assert.Equal(Count, jobs.Sum());
        Assert.DoesNotContain(0, jobs);
    }
}
