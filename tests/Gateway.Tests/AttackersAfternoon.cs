using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Access;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>
/// What somebody tries who has found the port, or has one device's credentials and wants at the others: each refused or bounded, told in
/// the log with its reason, and counted.
/// </summary>
public sealed class AttackersAfternoon : IAsyncLifetime
{
    private const string Password = "correct horse";

    private readonly TestAuthority _authority = new();
    private readonly AccessText _access = new();
    private readonly X509Certificate2 _mine;
    private ListeningGateway _gateway = null!;

    public AttackersAfternoon()
    {
        _authority.RenewGateway();
        _mine = _authority.Issue("mine");
        Write(CertificateStatus.Active);
    }

    private int Tls => _gateway.Address.Tls!.Port;

    public async ValueTask InitializeAsync() => await Start();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _mine.Dispose();
        _access.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task No_credentials(MqttVersion version) =>
        await IsTurnedAway("no-credentials", "lets in nobody without credentials", MqttReasonCode.NotAuthorized, version, client => client.Connect("victim"));

    [Theory]
    [InlineData("mine", "wrong")]
    [InlineData("nobody", Password)]
    [InlineData("", Password)]
    [InlineData("mine\0", Password)]
    [InlineData("mine", "oit_0123456789012345678901234567890123456789abc")]
    public async Task A_wrong_password(string user, string password)
    {
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connects");
        var (transport, client) = await SocketTransport.Open(_gateway.Port);
        using var _ = transport;
        if (user.Contains('\0', StringComparison.Ordinal))
        {
            // [MQTT-1.5.4-2]: no NUL in a text
            Assert.Equal(MqttReasonCode.MalformedPacket, (await client.Connect("mine", userName: user, password: password)).Code);
            return;
        }

        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await client.Connect("mine", userName: user, password: password)).Code);
        await client.ExpectClosed();
        Assert.True(refused["wrong-password"] + refused["unknown-token"] >= 1);
        await Told("refused (BadUserNameOrPassword)");
    }

    [Fact]
    public async Task Passwords_never_reach_the_log()
    {
        foreach (var password in new[] { Password, "a wrong one" })
        {
            var (transport, client) = await SocketTransport.Open(_gateway.Port);
            using var _ = transport;
            await client.Connect("mine", userName: "mine", password: password);
        }

        Assert.DoesNotContain(Enum.GetValues<LogLevel>().SelectMany(_gateway.Log.Of), line => line.Contains(Password, StringComparison.Ordinal) || line.Contains("a wrong one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Someone_else_s_certificate()
    {
        // Good, and registered; the id is the victim's.
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connects");
        var (transport, client) = await StreamTransport.Tls(Tls, _authority, certificate: _mine);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("victim")).Code);
        await client.ExpectClosed();
        Assert.True(refused["not-authorized"] >= 1);
        await Told("iot:Connect on client/victim denied: no statement allows it");
    }

    [Fact]
    public async Task A_certificate_of_the_authority_that_nobody_registered()
    {
        using var other = _authority.Issue("victim");
        var (transport, client) = await StreamTransport.Tls(Tls, _authority, certificate: other);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("victim")).Code);
        await Told($"its certificate {CertificateFields.IdOf(other)} is not registered");
    }

    [Theory]
    [InlineData(CertificateStatus.Revoked, null)]
    [InlineData(CertificateStatus.Inactive, null)]
    [InlineData(CertificateStatus.Revoked, Password)] // with a good password beside it
    public async Task A_revoked_certificate_at_the_door(CertificateStatus status, string? password)
    {
        Write(status);
        await using var gateway = await ListeningGateway.Start(_access.Strict(_authority.MutualSettings("Required")));
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connects");
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, certificate: _mine);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("mine", userName: "mine", password: password)).Code);
        await client.ExpectClosed();
        Assert.True(refused["certificate-inactive"] >= 1);
        Assert.Contains(gateway.Log.Of(LogLevel.Information), line => line.EndsWith($"is {AccessDocument.WordOf(status)}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_certificate_that_is_revoked_while_it_is_connected(MqttVersion version)
    {
        using var revoked = new MeterWatch("orleansiot_mqtt_revoked_connections");
        var time = new ManualTime();
        await using var gateway = await ListeningGateway.Start(time, _access.WithUsualReload(_authority.MutualSettings("Required")));
        var (transport, own) = await StreamTransport.Tls(gateway.Address.Tls!.Port, _authority, certificate: _mine);
        using var _ = transport;
        var client = version == MqttVersion.V5 ? own : new TestClient(transport, version, Task.CompletedTask);
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("mine")).Code);

        Write(CertificateStatus.Revoked);
        time.Advance(TimeSpan.FromSeconds(0.9)); // of the second that it may take
        if (version == MqttVersion.V5)
            Assert.Equal(MqttReasonCode.AdministrativeAction, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();

        Assert.True(revoked["certificate-inactive"] >= 1);
        Assert.Contains(gateway.Log.Of(LogLevel.Information), line => line.EndsWith("has to go: its credential was revoked, changed or removed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("expired", "NotTimeValid")]
    [InlineData("of another authority", "PartialChain|UntrustedRoot")]
    public async Task A_certificate_that_does_not_hold(string which, string reasons)
    {
        using var refusals = new MeterWatch("orleansiot_mqtt_refused_certificates");
        using var stranger = new TestAuthority("Somebody else's authority");
        using var certificate = which == "expired" ? _authority.Issue("mine", isExpired: true) : stranger.Issue("mine");
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var (transport, client) = await StreamTransport.Tls(Tls, _authority, certificate: certificate);
            using var _ = transport;
            await client.Connect("mine");
        });
        Assert.True(refused is IOException or AuthenticationException, refused.ToString());
        var reason = Assert.Single(reasons.Split('|'), reason => _gateway.Log.Of(LogLevel.Information).Any(line => line.EndsWith(reason, StringComparison.Ordinal)));
        Assert.True(refusals[reason] >= 1);
    }

    [Theory]
    [InlineData("dt/devices/victim/telemetry", false)]
    [InlineData("dt/devices/victim/telemetry", true)]
    [InlineData("devices/victim/commands", false)]
    [InlineData("dt/devices/mine2/telemetry", false)]
    [InlineData("dt/devices/mine", false)]
    [InlineData("$aws/things/victim/shadow/update", false)]
    [InlineData("$SYS/broker/uptime", false)]
    [InlineData("$share/g/dt/devices/mine/x", false)]
    [InlineData("elsewhere", false)]
    public async Task Publishing_to_another_s_topic(string topic, bool retain)
    {
        using var refused = new MeterWatch("orleansiot_mqtt_refused_publishes");
        using var client = await Mine();
        await client.Client.Publish(topic, """{"t": 1}""", packetId: 1, retain: retain);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Client.Expect(MqttPacketType.PubAck)).Code);
        await client.Client.Publish(topic, """{"t": 1}""", retain: retain); // QoS 0: dropped
        await client.Client.Ping();

        Assert.Equal(0, _gateway.Twins.Ingests);
        Assert.True(refused["not-authorized"] >= 2);
        await Told($"was refused iot:Publish on topic/{topic}");
        using var other = await Connect("other");
        await other.Client.Subscribe("devices/other/#");
        await other.Client.Ping();
    }

    [Theory]
    [InlineData("dt/devices/victim/telemetry")]
    [InlineData("dt/devices/+/telemetry")]
    [InlineData("dt/devices/#")]
    [InlineData("#")]
    [InlineData("+/devices/mine/#")]
    [InlineData("devices/mine/../victim/#")]
    [InlineData("$share/g/dt/devices/victim/telemetry")]
    [InlineData("$share/g/dt/devices/+/telemetry")]
    [InlineData("$share/g/#")]
    [InlineData("$SYS/#")]
    [InlineData("$aws/things/victim/shadow/#")]
    [InlineData("$aws/things/+/shadow/#")]
    [InlineData("$aws/events/#")]
    public async Task Subscribing_to_another_s_topics(string filter)
    {
        using var refused = new MeterWatch("orleansiot_mqtt_refused_subscriptions");
        using var client = await Mine();
        var answer = Assert.Single((await client.Client.Subscribe(filter)).Codes);
        if (filter == "devices/mine/../victim/#")
        {
            // A level like any other: it is below the client's own.
            Assert.Equal(MqttReasonCode.GrantedQoS1, answer);
            return;
        }

        Assert.Equal(MqttReasonCode.NotAuthorized, answer);
        Assert.True(refused[""] >= 1);
        await Told("was refused iot:Subscribe on topicfilter/");
        using var victim = await Connect("victim");
        await victim.Client.Publish("dt/devices/victim/telemetry", """{"t": 1}""", packetId: 1);
        await victim.Client.Expect(MqttPacketType.PubAck);
        await client.Client.Ping();
    }

    [Theory]
    [InlineData("dt/devices/victim/telemetry", false)]
    [InlineData("devices/victim/status", true)]
    [InlineData("$aws/things/mine/shadow/update", true)] // its own, but not to be retained
    [InlineData("$SYS/x", false)]
    public async Task A_will_on_another_s_topic(string topic, bool retain)
    {
        foreach (var version in new[] { MqttVersion.V5, MqttVersion.V311 })
        {
            await IsTurnedAway("will", "user/mine: its will: ", MqttReasonCode.NotAuthorized, version, client =>
                client.Connect("mine", userName: "mine", password: Password, will: (topic, """{"t": 1}"""), willRetain: retain));
        }
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("*")]
    [InlineData("mine+")]
    [InlineData("a\u0001b")]
    public async Task Client_ids_that_would_be_wildcards(string clientId)
    {
        foreach (var version in new[] { MqttVersion.V5, MqttVersion.V311 })
        {
            var (transport, client) = await SocketTransport.Open(_gateway.Port, version);
            using var _ = transport;
            Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await client.Connect(clientId, userName: "mine", password: Password)).Code);
            await client.ExpectClosed();
        }

        await Told("refused (ClientIdentifierNotValid): the client identifier contains");
    }

    [Theory]
    [InlineData("victim")]
    [InlineData("mine/b")]
    [InlineData("mine ")]
    [InlineData("MINE")]
    [InlineData("$aws")]
    public async Task Client_ids_that_are_not_one_s_own(string clientId) =>
        await IsTurnedAway("not-authorized", "user/mine: iot:Connect on client/", MqttReasonCode.NotAuthorized, MqttVersion.V5, client =>
            client.Connect(clientId, userName: "mine", password: Password));

    [Fact]
    public async Task A_client_id_of_thousands_of_characters()
    {
        var (transport, client) = await SocketTransport.Open(_gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await client.Connect(new string('x', 3_000), userName: "mine", password: Password)).Code);
        await Told("is longer than 256 characters");
    }

    [Fact]
    public async Task Taking_over_the_victim_s_connection()
    {
        using var victim = await Connect("victim");
        await IsTurnedAway("not-authorized", "user/mine: iot:Connect on client/victim", MqttReasonCode.NotAuthorized, MqttVersion.V5, client =>
            client.Connect("victim", userName: "mine", password: Password));
        await victim.Client.Ping();
    }

    [Fact]
    public async Task A_CONNECT_that_comes_byte_by_byte()
    {
        await Start("--Gateway:ConnectTimeout", "00:00:01");
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connections");
        using var socket = await Open(_gateway.Port);
        var bytes = "\x10\x13\0\x04MQTT\x05\0\0\0\0\0\x06victim"u8.ToArray();
        var closed = Ended(socket);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(150));
        try
        {
            for (var i = 0; i < bytes.Length && !closed.IsCompleted; i++)
            {
                await socket.SendAsync(bytes.AsMemory(i, 1));
                await pause.WaitForNextTickAsync();
            }
        }
        catch (SocketException)
        {
            // Closed while it dawdled.
        }

        await closed.Within("the end of the slow connection");
        await Told("no CONNECT within 1 s");
        Assert.True(refused["handshake-timeout"] >= 1);
    }

    [Fact]
    public async Task A_TLS_handshake_that_is_never_finished()
    {
        await Start("--Gateway:ConnectTimeout", "00:00:01");
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connections");
        using var socket = await Open(Tls);

        // The first bytes of a ClientHello that promises 512.
        await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03 });
        await Ended(socket).Within("the end of the handshake that never ends");
        await Eventually.IsTrue("the unfinished handshake counted", () => Task.FromResult(refused["tls"] + refused["handshake-timeout"] >= 1));
    }

    [Fact]
    public async Task A_hundred_connections_that_say_nothing_do_not_keep_a_device_out()
    {
        await Start("--Gateway:ConnectTimeout", "00:00:04"); // which the device has too
        var silent = new List<Socket>();
        for (var i = 0; i < 100; i++)
            silent.Add(await Open(i % 2 == 0 ? _gateway.Port : Tls));

        using var device = await Mine();
        await device.Client.Ping();
        foreach (var socket in silent)
        {
            await Ended(socket).Within("the end of a silent connection");
            socket.Dispose();
        }
    }

    [Fact]
    public async Task A_reconnect_storm()
    {
        // More than the rate allows are closed before a byte of theirs is read; who is in stays in.
        await using var gateway = await ListeningGateway.Start(
            new ManualTime(), _access.Strict("--Gateway:LimitsLoopback", "true", "--Gateway:ConnectionsPerAddressPerSecond", "20"));
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connections", gateway.Services.GetRequiredService<GatewayMetrics>());
        var (transport, device) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await device.Connect("mine", userName: "mine", password: Password)).Code);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            try
            {
                var (storming, client) = await SocketTransport.Open(gateway.Port);
                using var __ = storming;
                return (MqttReasonCode?)(await client.Connect($"storm-{i}")).Code;
            }
            catch (Exception closed) when (closed is IOException or SocketException)
            {
                return null;
            }
        }));

        // All of it in one moment of the gateway's clock, however long the storm takes.
        Assert.Equal(20 - 1, answers.Count(answer => answer == MqttReasonCode.NotAuthorized));
        Assert.All(answers, answer => Assert.True(answer is null or MqttReasonCode.NotAuthorized));
        Assert.Equal(300 - 19, refused["address-rate"]);
        Assert.Contains(gateway.Log.Of(LogLevel.Warning), line => line.Contains("address-rate", StringComparison.Ordinal));
        await device.Ping();
    }

    [Fact]
    public async Task An_oversized_packet()
    {
        using var errors = new MeterWatch("orleansiot_mqtt_protocol_errors");
        using var client = await Mine();
        await client.Client.Publish("dt/devices/mine/telemetry", new string('x', 5_000), packetId: 1);
        Assert.Equal(MqttReasonCode.PacketTooLarge, (await client.Client.Expect(MqttPacketType.Disconnect)).Code);
        await Told("a packet above 4096 bytes");
        Assert.True(errors["PacketTooLarge"] >= 1);

        // And one that only says that it is: 256 MiB, of which nothing comes.
        using var socket = await Open(_gateway.Port);
        await socket.SendAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F });
        await Ended(socket).Within("the end of a connection that announced 256 MiB");
    }

    [Fact]
    public async Task Thousands_of_subscriptions()
    {
        using var client = await Mine();
        for (var i = 0; i < 100; i++)
            Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Client.Subscribe($"devices/mine/{i}")).Codes);
        for (var i = 100; i < 2_000; i++)
            Assert.Equal([MqttReasonCode.QuotaExceeded], (await client.Client.Subscribe($"devices/mine/{i}")).Codes);
        await client.Client.Ping();
    }

    [Fact]
    public async Task A_line_break_in_a_name_forges_no_line_in_the_log()
    {
        var (transport, client) = await SocketTransport.Open(_gateway.Port);
        using var _ = transport;
        await client.Connect("x\nInformation: all is well", userName: "mine", password: Password);
        var (second, will) = await SocketTransport.Open(_gateway.Port);
        using var __ = second;
        await will.Connect("mine", userName: "mine", password: Password, will: ("x\nall is well", ""));
        using var own = await Mine();
        await own.Client.Publish("x\u001b[2J\nall is well", "{}", packetId: 1);
        await own.Client.Expect(MqttPacketType.PubAck);

        var lines = _gateway.Log.Of(LogLevel.Information);
        Assert.Equal(3, lines.Count(line => line.Contains("all is well", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
    }

    [Fact]
    public async Task Refused_messages_in_a_loop_do_not_fill_the_log()
    {
        using var client = await Mine();
        for (var i = 0; i < 1_000; i++)
            client.Client.GatherPublish("dt/devices/victim/telemetry", "{}");
        await client.Client.SendGathered();
        await client.Client.Ping();
        Assert.Single(_gateway.Log.Of(LogLevel.Information), line => line.Contains("was refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_connections_in_a_loop_do_not_fill_the_log()
    {
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connects");
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 300; i++)
        {
            var (transport, client) = await SocketTransport.Open(_gateway.Port);
            using var _ = transport;
            Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("victim")).Code);
        }

        var seconds = 2 + (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.True(refused["no-credentials"] >= 300);
        Assert.InRange(_gateway.Log.Of(LogLevel.Information).Count(line => line.Contains("lets in nobody", StringComparison.Ordinal)), 1, 20 * seconds);
    }

    /// <summary>A gateway with these settings beside the usual ones, instead of the one before.</summary>
    private async Task Start(params string[] more)
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        _gateway = await ListeningGateway.Start(_access.Strict([.. _authority.MutualSettings("Optional"), "--Gateway:MaxPacketBytes", "4096", .. more]));
    }

    private static async Task<Socket> Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task Ended(Socket socket)
    {
        var buffer = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Cut, which is an end too.
        }
    }

    private void Write(CertificateStatus status) => _access.Write(AccessText.Users(
        ["mine", "victim", "other"], $$""" "certificates": { "{{CertificateFields.IdOf(_mine)}}": { "status": "{{AccessDocument.WordOf(status)}}" } } """));

    private Task<Attacker> Mine() => Connect("mine");

    private async Task<Attacker> Connect(string name)
    {
        var (transport, client) = await SocketTransport.Open(_gateway.Port);
        Assert.Equal(MqttReasonCode.Success, (await client.Connect(name, userName: name, password: Password)).Code);
        return new Attacker(transport, client);
    }

    private async Task IsTurnedAway(string tag, string told, MqttReasonCode expected, MqttVersion version, Func<TestClient, Task<ReceivedPacket>> connect)
    {
        using var refused = new MeterWatch("orleansiot_mqtt_refused_connects");
        var (transport, client) = await SocketTransport.Open(_gateway.Port, version);
        using var _ = transport;
        Assert.Equal(expected, (await connect(client)).Code);
        await client.ExpectClosed();
        Assert.True(refused[tag] >= 1);
        await Told(told);
    }

    /// <summary>The answer goes out first, the line is written after it.</summary>
    private Task Told(string what) => Eventually.IsTrue(
        what, () => Task.FromResult(_gateway.Log.Of(LogLevel.Information).Any(line => line.Contains(what, StringComparison.Ordinal))));

    private sealed record Attacker(SocketTransport Transport, TestClient Client) : IDisposable
    {
        public void Dispose() => Transport.Dispose();
    }
}
