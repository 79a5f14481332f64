using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Gateway.Transports;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class ListenersTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public ListenersTests() => _authority.RenewGateway();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Any_number_of_listeners_of_any_transport_listen_beside_the_single_settings()
    {
        await using var gateway = await ListeningGateway.Start(
            _authority.Settings("Tls", [.. Listener(0, "Tcp"), .. Listener(1, "WebSocket"), .. Listener(2, "SecureWebSocket"), .. Listener(3, "Tls")]));
        Assert.Equal(
            [
                ("Gateway", GatewayTransport.Tcp), ("Gateway:Tls", GatewayTransport.Tls), ("Gateway:Listeners:0", GatewayTransport.Tcp),
                ("Gateway:Listeners:1", GatewayTransport.WebSocket), ("Gateway:Listeners:2", GatewayTransport.SecureWebSocket), ("Gateway:Listeners:3", GatewayTransport.Tls),
            ],
            gateway.Address.Listeners.Select(listener => (listener.Setting, listener.Transport)));
        Assert.Equal(6, gateway.Address.Listeners.Select(listener => listener.Bound.Port).Distinct().Count());

        foreach (var listener in gateway.Address.Listeners)
        {
            var (transport, client) = await Open(listener.Transport, listener.Bound.Port);
            using var _ = transport;
            Assert.Equal(MqttReasonCode.Success, (await client.Connect($"on-{listener.Bound.Port}")).Code);
        }
    }

    [Fact]
    public async Task A_listener_may_have_a_certificate_and_client_certificates_of_its_own()
    {
        using var other = new TestAuthority("Another authority");
        var own = other.RenewGateway();
        await using var gateway = await ListeningGateway.Start(_authority.Settings(
            "Tls",
            [
                .. Listener(0, "Tls"), "--Gateway:Listeners:0:CertificatePath", other.CertificatePath, "--Gateway:Listeners:0:KeyPath", other.KeyPath,
                "--Gateway:Listeners:0:ClientCertificates", "Required", "--Gateway:Listeners:0:ClientCaPath", _authority.RootPath,
            ]));
        var (shared, first) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = shared;
        Assert.NotEqual(own, shared.Thumbprint);
        Assert.Equal(MqttReasonCode.Success, (await first.Connect("first")).Code);

        using var certificate = _authority.Issue("second");
        var (separate, second) = await StreamTransport.Tls(gateway.Address.Listeners[^1].Bound.Port, other, certificate: certificate);
        using var __ = separate;
        Assert.Equal(own, separate.Thumbprint);
        Assert.Equal(MqttReasonCode.Success, (await second.Connect("second")).Code);
        await ExpectRefused(gateway.Address.Listeners[^1].Bound.Port, other, certificate: null);
    }

    [Fact]
    public async Task What_is_wrong_with_a_listener_is_told_by_its_setting()
    {
        Assert.Contains("Gateway:Listeners:1:Port is 70000", await Fault([.. Listener(0, "Tcp"), "--Gateway:Listeners:1:Port", "70000"]), StringComparison.Ordinal);
        Assert.Contains("Gateway:Listeners:0:Port is not set", await Fault("--Gateway:Listeners:0:Transport", "WebSocket"), StringComparison.Ordinal);
        Assert.Contains("'Quic' at 'Gateway:Listeners:0:Transport'", await Fault([.. Listener(0, "Quic")]), StringComparison.Ordinal);
        Assert.Contains("Gateway:Listeners:0:Transport has to be", await Fault([.. Listener(0, "7")]), StringComparison.Ordinal);
        Assert.Contains("'abc' at 'Gateway:Listeners:site:Port'", await Fault("--Gateway:Listeners:site:Port", "abc"), StringComparison.Ordinal);
        Assert.Contains("Gateway:Listeners:0:Host is '*'", await Fault([.. Listener(0, "Tcp"), "--Gateway:Listeners:0:Host", "*"]), StringComparison.Ordinal);
        Assert.Contains("Gateway:Tls:CertificatePath is not set", await Fault([.. Listener(0, "Tls")]), StringComparison.Ordinal);
        Assert.Contains(
            "Gateway:Listeners:0:KeyPath is not set", await Fault([.. Listener(0, "Tls"), "--Gateway:Listeners:0:CertificatePath", _authority.CertificatePath]), StringComparison.Ordinal);
        Assert.Contains(
            "Gateway:Listeners:1:Port and Gateway:Listeners:0:Port are both 18831",
            await Fault("--Gateway:Listeners:0:Port", "18831", "--Gateway:Listeners:1:Port", "18831"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway:WebSocket")]
    [InlineData("Gateway:Listeners:0")]
    public async Task A_port_that_is_taken_stops_the_start_and_its_setting_is_named(string setting)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = (IPEndPoint)other.LocalEndPoint!;
        var refused = await Assert.ThrowsAsync<ListenRefusedException>(() => ListeningGateway.Start($"--{setting}:Port", $"{taken.Port}"));
        Assert.Equal($"{taken} is taken by another program: choose another with {setting}:Port or {setting}:Host.", refused.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_may_have_a_passphrase(bool inFile)
    {
        _authority.EncryptKey("open sesame");
        File.WriteAllText(_authority.PassphrasePath, "open sesame\n");
        string[] passphrase = inFile ? ["--Gateway:Tls:KeyPassphrasePath", _authority.PassphrasePath] : ["--Gateway:Tls:KeyPassphrase", "open sesame"];
        await using var gateway = await ListeningGateway.Start(_authority.Settings("Tls", passphrase));
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("c")).Code);

        Assert.Contains("Gateway:Tls:KeyPath is", await Fault(_authority.Settings("Tls", "--Gateway:Tls:KeyPassphrase", "wrong")), StringComparison.Ordinal);
        Assert.Contains("Gateway:Tls:KeyPath is", await Fault(_authority.Settings()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_between_the_gateways_and_its_root_are_sent_along()
    {
        _authority.RenewGatewayBelowAnother();
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("c")).Code);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("mqtt", "mqtt")]
    [InlineData("x-amzn-mqtt-ca", "x-amzn-mqtt-ca")]
    [InlineData("h2 mqtt", "mqtt")]
    public async Task The_names_that_MQTT_has_in_ALPN_are_understood_and_none_is_needed(string offered, string agreed)
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        var (transport, client) = await StreamTransport.Tls(
            gateway.Address.Tls!.Port, _authority, alpn: offered.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        using var _ = transport;
        Assert.Equal(agreed, transport.Protocol);
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("c")).Code);
    }

    [Fact]
    public async Task A_client_that_wants_another_protocol_is_refused()
    {
        await using var gateway = await ListeningGateway.Start(_authority.Settings());
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, alpn: "h2"));
    }

    [Fact]
    public async Task A_client_certificate_holds_over_secure_WebSocket_too_and_presence_names_it()
    {
        await using var gateway = await ListeningGateway.Start(
            [.. _authority.MutualSettings("Required"), "--Gateway:SecureWebSocket:Port", "0"]);
        var (watching, watcher) = await SocketTransport.Open(gateway.Port);
        using var _ = watching;
        await watcher.Connect("watcher");
        await watcher.Subscribe("$aws/events/presence/connected/+", MqttQoS.AtMostOnce);
        using var certificate = _authority.Issue("pump-1");
        var (transport, client) = await Open(GatewayTransport.SecureWebSocket, gateway.Address.SecureWebSocket!.Port, certificate);
        using var __ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
        var told = JsonElement.Parse((await watcher.Expect(MqttPacketType.Publish)).Payload);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), told.GetProperty("principalIdentifier").GetString());
        Assert.Equal("127.0.0.1", told.GetProperty("ipAddress").GetString());

        await Assert.ThrowsAnyAsync<Exception>(() => Open(GatewayTransport.SecureWebSocket, gateway.Address.SecureWebSocket.Port));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revoked_certificate_is_refused_and_its_open_connection_ends_when_the_list_says_so(bool asPem)
    {
        var time = new ManualTime();
        using var revoked = _authority.Issue("revoked");
        using var valid = _authority.Issue("valid");
        _authority.Revoke(asPem);
        await using var gateway = await ListeningGateway.Start(
            time, [.. _authority.MutualSettings("Required"), "--Gateway:Tls:ClientRevocationPath", _authority.RevocationPath]);
        using var refusals = new MeterWatch("orleansiot_mqtt_refused_certificates", gateway.Metrics);
        var port = gateway.Address.Tls!.Port;
        var (one, open) = await StreamTransport.Tls(port, _authority, certificate: revoked);
        using var _ = one;
        await open.Connect("open");
        var (two, other) = await StreamTransport.Tls(port, _authority, certificate: valid);
        using var __ = two;
        await other.Connect("other");

        _authority.Revoke(asPem, revoked);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(MqttReasonCode.NotAuthorized, (await open.Expect(MqttPacketType.Disconnect)).Code);
        await open.ExpectClosed();
        await ExpectRefused(port, _authority, revoked);
        Assert.True(refusals["Revoked"] >= 1);
        Assert.Contains(gateway.Log.Of(LogLevel.Information), line => line.EndsWith("client certificate refused: Revoked", StringComparison.Ordinal));

        await other.Ping();
        var (three, third) = await StreamTransport.Tls(port, _authority, certificate: valid);
        using var ___ = three;
        Assert.Equal(MqttReasonCode.Success, (await third.Connect("third")).Code);
    }

    [Fact]
    public async Task Who_had_its_handshake_before_the_list_came_and_says_CONNECT_after_is_found_too()
    {
        var time = new ManualTime();
        using var revoked = _authority.Issue("revoked");
        _authority.Revoke(asPem: true);
        await using var gateway = await ListeningGateway.Start(
            time, [.. _authority.MutualSettings("Required"), "--Gateway:Tls:ClientRevocationPath", _authority.RevocationPath, "--Gateway:ConnectTimeout", "00:01:00"]);
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, certificate: revoked, protocols: SslProtocols.Tls12);
        using var _ = transport;
        _authority.Revoke(asPem: true, revoked);
        time.Advance(TimeSpan.FromSeconds(10));
        await client.Connect("late");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Expect(MqttPacketType.Disconnect)).Code);
    }

    [Fact]
    public async Task A_list_that_cannot_be_relied_on_stops_the_start_and_later_leaves_the_old_one()
    {
        using var other = new TestAuthority("Somebody else's authority");
        using var revoked = _authority.Issue("revoked");
        string[] settings = [.. _authority.MutualSettings("Required"), "--Gateway:Tls:ClientRevocationPath", _authority.RevocationPath];
        Assert.Contains($"Gateway:Tls:ClientRevocationPath is '{_authority.RevocationPath}', which cannot be read", await Fault(settings), StringComparison.Ordinal);
        File.WriteAllText(_authority.RevocationPath, "rubbish");
        Assert.Contains("which holds no revocation list", await Fault(settings), StringComparison.Ordinal);
        other.Revoke(asPem: true, revoked);
        File.Copy(other.RevocationPath, _authority.RevocationPath, overwrite: true);
        Assert.Contains("which is not signed", await Fault(settings), StringComparison.Ordinal);
        _authority.Revoke(asPem: false, revoked);
        var list = File.ReadAllBytes(_authority.RevocationPath);
        list[^1] ^= 1;
        File.WriteAllBytes(_authority.RevocationPath, list);
        Assert.Contains("Gateway:Tls:ClientRevocationPath is", await Fault(settings), StringComparison.Ordinal);
        File.WriteAllBytes(_authority.RevocationPath, list[..^20]);
        Assert.Contains("Gateway:Tls:ClientRevocationPath is", await Fault(settings), StringComparison.Ordinal);

        var time = new ManualTime();
        _authority.Revoke(asPem: false, revoked);
        await using var gateway = await ListeningGateway.Start(time, settings);
        File.WriteAllText(_authority.RevocationPath, "rubbish");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(gateway.Log.Of(LogLevel.Error));
        await ExpectRefused(gateway.Address.Tls!.Port, _authority, revoked);
    }

    private static string[] Listener(int at, string transport) => [$"--Gateway:Listeners:{at}:Transport", transport, $"--Gateway:Listeners:{at}:Port", "0"];

    private async Task<(IDisposable Transport, TestClient Client)> Open(GatewayTransport transport, int port, X509Certificate2? certificate = null)
    {
        if (transport == GatewayTransport.Tcp)
            return await SocketTransport.Open(port);
        if (transport == GatewayTransport.Tls)
            return await StreamTransport.Tls(port, _authority, certificate: certificate);

        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            using var chain = new X509Chain { ChainPolicy = _authority.Trust() };
            return chain.Build((X509Certificate2)shown!);
        };
        if (certificate is not null)
            socket.Options.ClientCertificates.Add(certificate);
        return await StreamTransport.WebSocket(socket, new Uri($"{(transport == GatewayTransport.WebSocket ? "ws" : "wss")}://localhost:{port}/mqtt"));
    }

    // In TLS 1.3 the client is done before the server has looked: it is told at its first read.
    private static async Task ExpectRefused(int port, TestAuthority trusted, X509Certificate2? certificate)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var (transport, client) = await StreamTransport.Tls(port, trusted, certificate: certificate);
            using var _ = transport;
            await client.Connect("refused");
        });
        Assert.True(refused is IOException or AuthenticationException, refused.ToString());
    }

    private static async Task<string> Fault(params string[] arguments)
    {
        try
        {
            await using var gateway = await ListeningGateway.Start(arguments);
        }
        catch (Exception refused) when (refused is OptionsValidationException or InvalidOperationException)
        {
            return refused.Message;
        }

        throw new InvalidOperationException("It was to be refused, and it started.");
    }
}
