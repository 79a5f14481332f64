using System.Text.RegularExpressions;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>mosquitto's own clients; what they do with readings, wildcards, retained messages and wills is in Gateway.Tests.</summary>
public sealed class MosquittoTests(ClientGateway gateway) : IClassFixture<ClientGateway>
{
    private static readonly TimeSpan Patience = TimeLimit.Usual;

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_request_is_answered(string version)
    {
        await using var responder = await MosquittoSub.Start(gateway.Port, ["-V", version, "-q", "1", "-t", $"requests/{version}"]);
        await using var requester = ChildProcess.Start(
            Installed.Require("mosquitto_rr"),
            ["-h", "127.0.0.1", "-p", $"{gateway.Port}", "-V", version, "-q", "1", "-t", $"requests/{version}", "-e", $"answers/{version}", "-m", "how warm?", "-W", "20"]);
        await responder.Line(new Regex($"^requests/{version} how warm\\?$"), Patience);
        await MosquittoPub.Publish(gateway.Port, $"answers/{version}", "21.5", "-V", version);
        Assert.Equal(0, await requester.Exited(Patience));
        Assert.Equal("21.5", requester.Output);
    }

    [Fact]
    public async Task The_properties_of_a_message_go_along()
    {
        await using var subscriber = await MosquittoSub.Start(
            gateway.Port, ["-V", "mqttv5", "-q", "1", "-t", "properties", "-F", "%t %p|%C|%F|%R|%D|%P"]);
        await MosquittoPub.Publish(
            gateway.Port, "properties", "m", "-V", "mqttv5",
            "-D", "publish", "content-type", "text/plain",
            "-D", "publish", "payload-format-indicator", "1",
            "-D", "publish", "response-topic", "answers",
            "-D", "publish", "correlation-data", "c-1",
            "-D", "publish", "user-property", "site", "a",
            "-D", "publish", "user-property", "site", "b");
        await subscriber.Line(new Regex("^properties m\\|text/plain\\|1\\|answers\\|c-1\\|site:a site:b *$"), Patience);
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Over_TLS_it_publishes_and_subscribes(string version)
    {
        string[] trusting = ["-V", version, "--cafile", gateway.CaPath];
        await using var subscriber = await MosquittoSub.Start(gateway.TlsPort, [.. trusting, "-q", "1", "-t", $"tls/{version}"], trusting);
        await MosquittoPub.Publish(gateway.TlsPort, $"tls/{version}", "sealed", trusting);
        await subscriber.Line(new Regex($"^tls/{version} sealed$"), Patience);
        await MosquittoPub.Publish(gateway.TlsPort, $"dt/devices/tls-{version}/telemetry", """{"t": 1}""", trusting);
        Assert.Equal($"tls-{version}", (await gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
    }

    [Fact]
    public async Task A_message_of_ten_KiB_passes_with_many_of_its_kind()
    {
        const int Count = 200;
        await using var subscriber = await MosquittoSub.Start(gateway.Port, ["-q", "1", "-t", "large", "-F", "%t %l"]);
        await MosquittoPub.Run(gateway.Port, "-q", "1", "-t", "large", "-m", new string('x', 10_240), "--repeat", $"{Count}");
        await MosquittoPub.Publish(gateway.Port, "large", "end");
        await subscriber.Line(new Regex("^large 3$"), Patience);
        Assert.Equal(Count, subscriber.Output.Split('\n').Count(line => line == "large 10240"));
    }
}
