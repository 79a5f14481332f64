using System.Text;
using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Scenarios;

/// <summary>Whatever one client sends, the process lives and the others notice nothing.</summary>
public abstract class HostileTraffic<TEdition>(SharedSystem<TEdition> shared, ITestOutputHelper output) : SharedScenario<TEdition>(shared, output)
    where TEdition : IEdition, new()
{
    private const byte PayloadFormatInvalid = 0x99;
    private const string Topic = "dt/devices/bad-1/telemetry";

    [Theory]
    [InlineData("{\"temperature\": ", "reading.invalid-json")]
    [InlineData("{\"temperature\": NaN}", "reading.number-out-of-range")]
    [InlineData("{\"temperature\": 1e999}", "reading.number-out-of-range")]
    [InlineData("[[1]]", "reading.not-an-object")]
    [InlineData("{}", "reading.no-metrics")]
    [InlineData("", "reading.invalid-json")]
    [InlineData("{\"temperature\": 1, \"timestamp\": \"yesterday\"}", "reading.invalid-timestamp")]
    public async Task A_payload_that_makes_no_sense_is_refused_with_its_reason_and_the_connection_stays(string payload, string code)
    {
        using var raw = await RawMqtt.Connect5(Running.MqttPort, "hostile");
        await raw.Publish(Topic, Encoding.UTF8.GetBytes(payload));
        await AssertRefused(raw, code);

        await raw.Publish("dt/devices/good-1/telemetry", "{\"temperature\": 20}"u8.ToArray());
        Assert.Equal(0x40, (await raw.ReadPacket())[0]);
        Assert.NotNull(await Running.Api.Device("good-1"));
        Assert.Null(await Running.Api.Device("bad-1"));
    }

    [Fact]
    public async Task An_object_nested_two_thousand_levels_deep_is_refused()
    {
        using var raw = await RawMqtt.Connect5(Running.MqttPort, "deep");
        var payload = string.Concat(Enumerable.Repeat("{\"a\":", 2_000)) + "1" + new string('}', 2_000);
        await raw.Publish(Topic, Encoding.UTF8.GetBytes(payload));
        await AssertRefused(raw, "reading.too-deep");
    }

    [Fact]
    public async Task Ten_megabytes_in_one_packet_end_the_connection_with_packet_too_large()
    {
        using var raw = await RawMqtt.Connect5(Running.MqttPort, "large");
        try
        {
            await raw.Publish(Topic, new byte[10 * 1024 * 1024]);
        }
        catch (IOException)
        {
            // The server did not wait for the rest.
        }

        Assert.True(await raw.IsClosed());
        await AssertOthersAreServed();
        Assert.Contains("packet", await Metrics(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFF")]
    [InlineData("000102030405")]
    [InlineData("474554202F20485454502F312E310D0A0D0A")]
    [InlineData("10FFFFFFFF7F")]
    public async Task Bytes_that_are_no_mqtt_end_the_connection_and_no_other(string hex)
    {
        using var other = await RawMqtt.Connect5(Running.MqttPort, "bystander");
        using var raw = await RawMqtt.Open(Running.MqttPort);
        await raw.Send(Convert.FromHexString(hex));
        Assert.True(await raw.IsClosed());

        await other.Send(0xC0, 0);
        Assert.Equal([0xD0], await other.ReadPacket());
        await AssertOthersAreServed();
    }

    [Fact]
    public async Task A_topic_that_nobody_knows_is_answered_and_counted()
    {
        using var raw = await RawMqtt.Connect5(Running.MqttPort, "lost");
        await raw.Publish("no/such/topic", "hello"u8.ToArray());
        const byte noMatchingSubscribers = 0x10;
        Assert.Equal([0x40, 0, 1, noMatchingSubscribers], (await raw.ReadPacket())[..4]);
        Assert.Contains("unrouted", await Metrics(), StringComparison.Ordinal);
    }

    private static async Task AssertRefused(RawMqtt raw, string code)
    {
        var pubAck = await raw.ReadPacket();
        Assert.Equal((0x40, PayloadFormatInvalid), (pubAck[0], pubAck[3]));
        Assert.Contains(code, Encoding.UTF8.GetString(pubAck), StringComparison.Ordinal);
    }

    private async Task AssertOthersAreServed()
    {
        using var raw = await RawMqtt.Connect5(Running.MqttPort, "another");
        await raw.Publish("dt/devices/good-2/telemetry", "{\"temperature\": 20}"u8.ToArray());
        Assert.Equal(0x40, (await raw.ReadPacket())[0]);
    }

    // Each entry counts what it took itself.
    private Task<string> Metrics() => Running.Api.Http.GetStringAsync(new Uri(Running.Entries[0].Http, "metrics"));
}
