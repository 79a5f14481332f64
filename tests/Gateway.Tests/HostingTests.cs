using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task Http_and_MQTT_listen_each_on_its_own_address_in_one_host()
    {
        await using var gateway = await ListeningGateway.Start();
        using var http = new HttpClient();
        Assert.Equal("hello", await http.GetStringAsync(new Uri(gateway.HttpAddress)));

        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
        await client.Publish("dt/devices/pump-1/telemetry", """{"t": 1}""", packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
    }

    [Fact]
    public async Task It_is_ready_while_it_listens()
    {
        await using var gateway = await ListeningGateway.Start();
        Assert.Equal(HealthStatus.Healthy, await gateway.Health());

        await gateway.Stop();
        Assert.Equal(HealthStatus.Unhealthy, await gateway.Health());
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("192.0.2.1")]
    public async Task Without_an_access_key_the_gateway_refuses_to_listen_beyond_this_machine(string host)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => ListeningGateway.Start("--Gateway:Host", host));
        Assert.Contains("Access:ApiKey", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{host}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_access_key_it_listens_everywhere_and_wants_the_key()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:Host", "*", "--Access:ApiKey", "secret");
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("pump-1")).Code);

        var (second, admitted) = await SocketTransport.Open(gateway.Port);
        using var __ = second;
        Assert.Equal(MqttReasonCode.Success, (await admitted.Connect("pump-1", password: "secret")).Code);
    }

    [Theory]
    [InlineData("Gateway:Host", "nowhere.example", "Gateway:Host")]
    [InlineData("Gateway:ReceiveMaximum", "0", "ReceiveMaximum")]
    [InlineData("Gateway:ConnectTimeout", "01:00:00", "ConnectTimeout")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string value, string named)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => ListeningGateway.Start($"--{setting}", value));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_and_closes_without_calling_the_device_gone()
    {
        await using var gateway = await ListeningGateway.Start();
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("pump-1");
        await gateway.Twins.Next<TwinCommand.OpenSession>();

        var stopping = gateway.Stop();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
        await stopping.Within("the host's end");
        Assert.Equal(0, gateway.Twins.ClosedSessions);
    }

    [Fact]
    public async Task A_connection_that_has_said_nothing_yet_does_not_hold_up_the_stop()
    {
        await using var gateway = await ListeningGateway.Start();
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Send([0x10]);
        await gateway.Stop().Within("the host's end");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_packet_larger_than_the_read_buffer_passes_and_one_beyond_the_limit_is_refused_at_its_first_bytes()
    {
        await using var gateway = await ListeningGateway.Start();
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("c");
        await client.Subscribe("big", MqttQoS.AtMostOnce);
        var payload = new string('x', 200_000);
        await client.Publish("big", payload);
        Assert.Equal(payload, (await client.Expect(MqttPacketType.Publish)).Payload);

        // The header of a PUBLISH of 10 MB; its body never has to come.
        await client.Send([0x30, 0x80, 0xAD, 0xE2, 0x04, 0, 1, (byte)'a']);
        Assert.Equal(MqttReasonCode.PacketTooLarge, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }
}
