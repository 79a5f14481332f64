using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public TlsTests() => _authority.RenewGateway();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_device_connects_and_publishes_over_TLS(SslProtocols protocol)
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, protocol);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
        await client.Publish("dt/devices/pump-1/telemetry", """{"t": 1}""", packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
        Assert.Equal("pump-1", (await gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
        Assert.Contains($"MQTT over TLS listening on 127.0.0.1:{gateway.Address.Tls.Port}", gateway.Log.Of(LogLevel.Information));
    }

    [Fact]
    public async Task Plain_TCP_goes_on_beside_TLS_and_plain_bytes_on_the_TLS_port_get_nowhere()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (plain, client) = await SocketTransport.Open(gateway.Port);
        using var _ = plain;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);

        using var socket = await Open(gateway.Address.Tls!);
        await socket.SendAsync("\x10\x10\0\x04MQTT\x05\0\0\0\0\0\0\0\0"u8.ToArray());
        await ExpectEnd(socket);
    }

    [Fact]
    public async Task A_large_packet_passes_both_ways_over_TLS()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = transport;
        await client.Connect("c");
        await client.Subscribe("big", MqttQoS.AtMostOnce);
        var payload = new string('x', 200_000);
        await client.Publish("big", payload);
        Assert.Equal(payload, (await client.Expect(MqttPacketType.Publish)).Payload);
    }

    [Fact]
    public async Task A_client_that_is_connected_over_TLS_is_told_that_the_server_stops()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = transport;
        await client.Connect("pump-1");
        var stopping = gateway.Stop();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
        await stopping.Within("the host's end");
        Assert.Equal(0, gateway.Twins.ClosedSessions);
    }

    [Fact]
    public async Task A_peer_that_does_not_begin_its_handshake_is_closed()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings("Tls", "--Gateway:ConnectTimeout", "00:00:00.300"));
        using var socket = await Open(gateway.Address.Tls!);
        await ExpectEnd(socket);
    }

    [Theory]
    [InlineData("Required")]
    [InlineData("Optional")]
    public async Task A_client_certificate_of_the_authority_is_accepted(string clientCertificates)
    {
        await using var gateway = await ListeningGateway.Start(_authority.MutualSettings(clientCertificates));
        using var certificate = _authority.Issue("pump-1");
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, certificate: certificate);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_accepted_where_it_is_optional()
    {
        await using var gateway = await ListeningGateway.Start(_authority.MutualSettings("Optional"));
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
    }

    [Theory]
    [InlineData("Required", "none", "missing")]
    [InlineData("Required", "other authority", "PartialChain|UntrustedRoot")]
    [InlineData("Optional", "other authority", "PartialChain|UntrustedRoot")]
    [InlineData("Required", "expired", "NotTimeValid")]
    public async Task A_client_certificate_that_does_not_hold_is_refused_and_the_log_says_why(string clientCertificates, string shown, string reasons)
    {
        await using var gateway = await ListeningGateway.Start(_authority.MutualSettings(clientCertificates));
        using var refusals = new MeterWatch("orleansiot_mqtt_refused_certificates");
        using var stranger = new TestAuthority("Somebody else's authority");
        using var certificate = shown switch
        {
            "none" => null,
            "expired" => _authority.Issue("pump-1", isExpired: true),
            _ => stranger.Issue("pump-1"),
        };

        // In TLS 1.3 the client is done before the server has looked: it is told at its first read.
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, certificate: certificate);
            using var _ = transport;
            await client.Connect("pump-1");
        });
        Assert.True(refused is IOException or AuthenticationException, refused.ToString());
        var line = Assert.Single(gateway.Log.Of(LogLevel.Information), line => line.Contains("client certificate refused", StringComparison.Ordinal));
        var reason = Assert.Single(reasons.Split('|'), reason => line.EndsWith(reason, StringComparison.Ordinal));
        Assert.True(refusals[reason] >= 1);
    }

    [Fact]
    public async Task New_files_serve_new_connections_while_an_old_connection_lives()
    {
        var first = _authority.RenewGateway();
        var time = new ManualTime();
        await using var gateway = await ListeningGateway.Start(time, _authority.Settings());
        var (oldTransport, old) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = oldTransport;
        await old.Connect("old");
        Assert.Equal(first, oldTransport.Thumbprint);

        var second = _authority.RenewGateway();
        time.Advance(TimeSpan.FromSeconds(10));
        var (newTransport, newcomer) = await StreamTransport.Tls(gateway.Address.Tls.Port, _authority);
        using var __ = newTransport;
        Assert.Equal(second, newTransport.Thumbprint);
        Assert.Equal(MqttReasonCode.Success, (await newcomer.Connect("new")).Code);
        await old.Ping();
    }

    [Fact]
    public async Task A_broken_file_leaves_the_old_certificate_and_is_told_once()
    {
        var first = _authority.RenewGateway();
        var time = new ManualTime();
        await using var gateway = await ListeningGateway.Start(time, _authority.Settings());

        foreach (var harm in new Action[] { () => File.WriteAllText(_authority.CertificatePath, "rubbish"), () => File.Delete(_authority.KeyPath) })
        {
            harm();
            var before = gateway.Log.Of(LogLevel.Error).Count;
            time.Advance(TimeSpan.FromSeconds(30));
            Assert.Equal(before + 1, gateway.Log.Of(LogLevel.Error).Count);
            var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
            using var _ = transport;
            Assert.Equal(first, transport.Thumbprint);
            Assert.Equal(MqttReasonCode.Success, (await client.Connect("c")).Code);
        }

        var mended = _authority.RenewGateway();
        time.Advance(TimeSpan.FromSeconds(10));
        var (last, _) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var __ = last;
        Assert.Equal(mended, last.Thumbprint);
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_publishes_over_TLS(string version)
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        await MosquittoPub.Publish(
            gateway.Address.Tls!.Port, "dt/devices/pump-1/telemetry", """{"temperature": 21.5}""", "-V", version, "--cafile", _authority.RootPath);
        Assert.Equal("pump-1", (await gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
    }

    [Fact]
    public async Task A_missing_file_stops_the_start()
    {
        var missing = Path.Combine(Path.GetDirectoryName(_authority.KeyPath)!, "missing.pem");
        Assert.Contains($"Gateway:Tls:CertificatePath is '{missing}'", await Fault(_authority.Settings("Tls", "--Gateway:Tls:CertificatePath", missing)), StringComparison.Ordinal);
        Assert.Contains($"Gateway:Tls:KeyPath is '{missing}'", await Fault(_authority.Settings("Tls", "--Gateway:Tls:KeyPath", missing)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_set_stops_the_start()
    {
        Assert.Contains("Gateway:Tls:CertificatePath is not set", await Fault("--Gateway:Tls:Port", "0"), StringComparison.Ordinal);
        Assert.Contains("Gateway:Tls:CertificatePath is not set", await Fault("--Gateway:SecureWebSocket:Port", "0"), StringComparison.Ordinal);
        Assert.Contains("Gateway:Tls:ClientCaPath is not set", await Fault(_authority.Settings("Tls", "--Gateway:Tls:ClientCertificates", "Required")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_certificate_stops_the_start()
    {
        using var other = new TestAuthority();
        other.RenewGateway();
        Assert.Contains("Gateway:Tls:KeyPath is", await Fault(_authority.Settings("Tls", "--Gateway:Tls:KeyPath", other.KeyPath)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tls")]
    [InlineData("WebSocket")]
    [InlineData("SecureWebSocket")]
    public async Task No_listener_goes_beyond_this_machine_without_an_access_key(string listener)
    {
        var fault = await Fault(_authority.Settings(listener, $"--Gateway:{listener}:Host", "*"));
        Assert.Contains($"Gateway:{listener}:Host is '*'", fault, StringComparison.Ordinal);
        Assert.Contains("Access:ApiKey", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_listeners_on_one_port_stop_the_start()
    {
        var fault = await Fault("--Gateway:Port", "18830", "--Gateway:WebSocket:Port", "18830");
        Assert.Contains("Gateway:WebSocket:Port and Gateway:Port are both 18830", fault, StringComparison.Ordinal);
        Assert.Contains("Gateway:WebSocket:Port is 70000", await Fault("--Gateway:WebSocket:Port", "70000"), StringComparison.Ordinal);
    }

    private static async Task<string> Fault(params string[] arguments) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() => ListeningGateway.Start(arguments))).Message;

    private static async Task<Socket> Open(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        return socket;
    }

    /// <summary>Whether by an end, or by a reset where bytes were left unread; an alert may come before.</summary>
    private static async Task ExpectEnd(Socket socket)
    {
        try
        {
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer).Within("the gateway's end of the connection") > 0)
            {
            }
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }
}
