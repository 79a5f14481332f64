using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class AccessTests : IDisposable
{
    private const string Password = "correct horse";

    private readonly AccessText _access = new();

    public void Dispose() => _access.Dispose();

    [Theory]
    [InlineData(MqttVersion.V5, "pump-1", "pump-1", Password, MqttReasonCode.Success)]
    [InlineData(MqttVersion.V311, "pump-1", "pump-1", Password, MqttReasonCode.Success)]
    [InlineData(MqttVersion.V5, "pump-1", "pump-1", "wrong", MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttVersion.V5, "pump-1", "nobody", Password, MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttVersion.V311, "pump-1", "nobody", Password, MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttVersion.V5, "pump-1", "pump-1", null, MqttReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V5, "pump-2", "pump-1", Password, MqttReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V311, "pump-2", "pump-1", Password, MqttReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V5, "", "pump-1", Password, MqttReasonCode.NotAuthorized)]
    public async Task A_user_comes_in_by_its_password_and_under_its_own_name(MqttVersion version, string clientId, string user, string? password, MqttReasonCode expected)
    {
        _access.Write(AccessText.Users(["pump-1", "pump-2"]));
        await using var gateway = await ListeningGateway.Start(_access.Strict());
        var (transport, client) = await SocketTransport.Open(gateway.Port, version);
        using var _ = transport;
        Assert.Equal(expected, (await client.Connect(clientId, userName: user, password: password)).Code);
        if (expected != MqttReasonCode.Success)
            await client.ExpectClosed();
    }

    [Fact]
    public async Task A_device_touches_its_own_topics_and_is_told_so_of_others()
    {
        _access.Write(AccessText.Users(["pump-1"]));
        await using var gateway = await ListeningGateway.Start(_access.Strict());
        using var refusedSubscriptions = new MeterWatch("orleansiot_mqtt_refused_subscriptions");
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("pump-1", userName: "pump-1", password: Password);

        await client.Publish("dt/devices/pump-1/telemetry", """{"t": 1}""", packetId: 1);
        Assert.Equal(MqttReasonCode.Success, (await client.Expect(MqttPacketType.PubAck)).Code);
        await client.Publish("dt/devices/pump-2/telemetry", """{"t": 1}""", packetId: 2);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Expect(MqttPacketType.PubAck)).Code);
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe("devices/pump-1/#")).Codes);
        Assert.Equal([MqttReasonCode.NotAuthorized], (await client.Subscribe("devices/+/commands")).Codes);

        Assert.Equal(1, gateway.Twins.Ingests);
        Assert.True(refusedSubscriptions[""] >= 1);
        var line = Assert.Single(gateway.Log.Of(LogLevel.Information), line => line.Contains("was refused", StringComparison.Ordinal));
        Assert.StartsWith("Client pump-1 (user/pump-1) at 127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains("iot:Publish on topic/dt/devices/pump-2/telemetry: denied: no statement allows it", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_of_a_site_may_be_given_the_topics_of_the_devices_behind_it()
    {
        using var authority = new TestAuthority();
        authority.RenewGateway();
        using var certificate = authority.Issue("site-7");
        _access.Write($$"""
            {
              "policies": { {{AccessText.Policy("site-7", AccessText.Statement("Allow", "iot:*", "client/site-7", "topic/dt/devices/site7-*", "topicfilter/devices/site7-*"))}} },
              "certificates": { "{{CertificateFields.IdOf(certificate)}}": { "policies": ["site-7"] } }
            }
            """);
        await using var gateway = await ListeningGateway.Start(_access.Strict(authority.MutualSettings("Required")));
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, authority, certificate: certificate);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("site-7")).Code);

        await client.Publish("dt/devices/site7-a/telemetry", """{"t": 1}""", packetId: 1);
        Assert.Equal(MqttReasonCode.Success, (await client.Expect(MqttPacketType.PubAck)).Code);
        await client.Publish("dt/devices/site8-a/telemetry", """{"t": 1}""", packetId: 2);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Expect(MqttPacketType.PubAck)).Code);
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe("devices/site7-a/#")).Codes);
        Assert.Equal([MqttReasonCode.NotAuthorized], (await client.Subscribe("devices/#")).Codes);
    }

    [Theory]
    [InlineData(true, "pump-1", MqttReasonCode.Success)]
    [InlineData(true, "pump-2", MqttReasonCode.NotAuthorized)]
    [InlineData(false, "pump-1", MqttReasonCode.NotAuthorized)]
    public async Task A_certificate_that_is_not_registered_lets_in_where_its_authority_is_trusted_under_its_common_name(bool isTrusted, string clientId, MqttReasonCode expected)
    {
        using var authority = new TestAuthority();
        authority.RenewGateway();
        using var certificate = authority.Issue("pump-1");
        await using var gateway = await ListeningGateway.Start(_access.Strict([.. authority.MutualSettings("Required"), "--Gateway:Access:TrustCertificatesOfCa", $"{isTrusted}"]));
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, authority, certificate: certificate);
        using var _ = transport;
        Assert.Equal(expected, (await client.Connect(clientId)).Code);
    }

    [Fact]
    public async Task Policies_can_ask_for_what_a_certificate_says()
    {
        using var authority = new TestAuthority();
        authority.RenewGateway();
        using var certificate = authority.Issue("pump-1");
        _access.Write($$"""
            {
              "policies": { {{AccessText.Policy("own", AccessText.Statement("Allow", "iot:*", "client/*", "topicfilter/${iot:Certificate.Subject.CommonName}/${iot:Connection.Thing.ThingName}/${aws:SourceIp}"))}} },
              "certificates": { "{{CertificateFields.IdOf(certificate)}}": { "policies": ["own"], "things": ["boiler"] } }
            }
            """);
        await using var gateway = await ListeningGateway.Start(_access.Strict(authority.MutualSettings("Required")));
        var (transport, client) = await StreamTransport.Tls(gateway.Address.Tls!.Port, authority, certificate: certificate);
        using var _ = transport;
        await client.Connect("boiler");
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe("pump-1/boiler/127.0.0.1")).Codes);
        Assert.Equal([MqttReasonCode.NotAuthorized], (await client.Subscribe("pump-2/boiler/127.0.0.1")).Codes);
    }

    [Fact]
    public async Task A_token_is_given_as_the_password_whatever_the_user_name()
    {
        await using var gateway = await ListeningGateway.Start(_access.Strict());
        var token = await Token(gateway, "pump-1");
        foreach (var (version, text, expected) in new[]
        {
            (MqttVersion.V5, token, MqttReasonCode.Success), (MqttVersion.V311, token, MqttReasonCode.Success),
            (MqttVersion.V5, BearerToken.New(), MqttReasonCode.BadUserNameOrPassword),
        })
        {
            var (transport, client) = await SocketTransport.Open(gateway.Port, version);
            using var _ = transport;
            Assert.Equal(expected, (await client.Connect("pump-1", password: text)).Code);
        }
    }

    [Theory]
    [InlineData(true, MqttReasonCode.Success)]
    [InlineData(false, MqttReasonCode.NotAuthorized)]
    public async Task Over_WebSocket_a_token_may_come_in_the_request(bool isKnown, MqttReasonCode expected)
    {
        await using var gateway = await ListeningGateway.Start(_access.Strict("--Gateway:WebSocket:Port", "0"));
        var token = await Token(gateway, "pump-1");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {(isKnown ? token : BearerToken.New())}");
        var (_, client) = await StreamTransport.WebSocket(socket, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        Assert.Equal(expected, (await client.Connect("pump-1")).Code);
    }

    [Fact]
    public async Task A_token_that_runs_out_ends_its_connections_and_begins_no_others()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var gateway = await ListeningGateway.Start(time, _access.Strict());
        var token = await Token(gateway, "pump-1", time.GetUtcNow().AddMinutes(1));
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1", password: token)).Code);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(MqttReasonCode.MaximumConnectTime, (await client.Expect(MqttPacketType.Disconnect)).Code);
        var (second, late) = await SocketTransport.Open(gateway.Port);
        using var __ = second;
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await late.Connect("pump-1", password: token)).Code);
    }

    [Theory]
    [InlineData("pump-2", "removed")]
    [InlineData("pump-1", "other password")]
    public async Task A_user_that_is_removed_or_gets_another_password_is_gone_within_a_second_and_others_stay(string keeps, string how)
    {
        var time = new ManualTime();
        _access.Write(AccessText.Users(["pump-1", "pump-2"]));
        await using var gateway = await ListeningGateway.Start(time, _access.WithUsualReload());
        using var revoked = new MeterWatch("orleansiot_mqtt_revoked_connections");
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("pump-1", userName: "pump-1", password: Password);
        var (otherTransport, other) = await SocketTransport.Open(gateway.Port);
        using var __ = otherTransport;
        await other.Connect("pump-2", userName: "pump-2", password: Password);

        var next = AccessText.Users([keeps, "pump-2"]).Replace($"{AccessText.User("pump-2")}, {AccessText.User("pump-2")}", AccessText.User("pump-2"), StringComparison.Ordinal);
        _access.Write(how == "removed" ? next : next.Replace($"\"pump-1\": {{ \"passwordHash\": \"{AccessText.Hash}", $"\"pump-1\": {{ \"passwordHash\": \"{PasswordHash.Of("other"u8).Text}", StringComparison.Ordinal));

        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(MqttReasonCode.AdministrativeAction, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await other.Ping();
        Assert.True(revoked["credential-changed"] >= 1);
        Assert.Contains(gateway.Log.Of(LogLevel.Information), line => line.StartsWith("Client pump-1 (user/pump-1)", StringComparison.Ordinal) && line.EndsWith("has to go: its credential was revoked, changed or removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_policy_that_changes_counts_for_open_connections_and_for_subscriptions_that_are_there()
    {
        _access.Write(Document("topic/a"));
        await using var gateway = await ListeningGateway.Start(_access.Strict());
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("c", userName: "c", password: Password);
        await client.Subscribe("+", MqttQoS.AtMostOnce);
        await client.Publish("a", "first");
        Assert.Equal("first", (await client.Expect(MqttPacketType.Publish)).Payload);

        _access.Write(Document("topic/b"));
        await Eventually.IsTrue("the new policy in force", async () =>
        {
            await client.Publish("a", "x", packetId: 1);
            var answer = await client.Receive();
            if (answer.Type == MqttPacketType.Publish)
                answer = await client.Receive(); // it was still delivered
            return answer.Code == MqttReasonCode.NotAuthorized;
        });
        await client.Publish("b", "second");
        Assert.Equal("second", (await client.Expect(MqttPacketType.Publish)).Payload);

        static string Document(string topic) => AccessText.Users([], $$"""
            "policies": { {{AccessText.Policy("p", AccessText.Statement("Allow", "iot:*", "client/c", "topicfilter/*", topic))}} }
            """).Replace("\"users\": {", $"\"users\": {{ {AccessText.User("c", "\"p\"")}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_even_connect_any_more_is_closed()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c"]));
        await gateway.Refresh();
        var client = gateway.Gateway.Open(MqttVersion.V5);
        await client.Connect("c", userName: "c", password: Password);

        gateway.Store.Write($$"""{ "policies": { {{AccessText.Policy("p", AccessText.Statement("Allow", "iot:Publish", "*"))}} }, "users": { {{AccessText.User("c", "\"p\"")}} } }""");
        await gateway.Refresh();

        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_client_of_3_1_1_whose_credential_is_revoked_is_just_closed_and_its_will_is_not_published()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c", "watcher"]));
        await gateway.Refresh();
        var watcher = gateway.Gateway.Open();
        await watcher.Connect("visitor", password: gateway.Gateway.Services.GetRequiredService<LocalKey>().Password);
        await watcher.Subscribe("devices/#", MqttQoS.AtMostOnce);
        var client = gateway.Gateway.Open(MqttVersion.V311);
        await client.Connect("c", userName: "c", password: Password, will: ("devices/c/gone", "x"));

        gateway.Store.Write(AccessText.Users(["watcher"]));
        await gateway.Refresh();

        await client.ExpectClosed();
        await watcher.Ping();
    }

    [Theory]
    [InlineData(MqttVersion.V5, 0x80)]
    [InlineData(MqttVersion.V311, 0x80)]
    public async Task A_policy_can_be_named_for_visitors_and_denies_them_one_filter(MqttVersion version, int answer)
    {
        // What the Paho conformance suite wants of a server: everything is allowed, and test/nosubscribe is not.
        _access.Write($$"""
            { "policies": { {{AccessText.Policy(
                "visitors", AccessText.Statement("Allow", "iot:*", "*"), AccessText.Statement("Deny", "iot:Subscribe", "topicfilter/test/nosubscribe"))}} } }
            """);
        await using var gateway = await ListeningGateway.Start(_access.Settings("--Gateway:Access:AnonymousPolicy", "visitors"));
        var (transport, client) = await SocketTransport.Open(gateway.Port, version);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("anything")).Code);
        Assert.Equal([MqttReasonCode.GrantedQoS1], (await client.Subscribe("#")).Codes);
        Assert.Equal([(MqttReasonCode)answer], (await client.Subscribe("test/nosubscribe")).Codes);
        await client.Unsubscribe("#");
        await client.Publish("dt/devices/any/telemetry", """{"t": 1}""", packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
    }

    [Theory]
    [InlineData("127.0.0.1", MqttReasonCode.Success)]
    [InlineData("::1", MqttReasonCode.Success)]
    [InlineData("::ffff:127.0.0.1", MqttReasonCode.Success)]
    [InlineData("192.0.2.1", MqttReasonCode.NotAuthorized)]
    public async Task Without_credentials_only_this_machine_comes_in(string from, MqttReasonCode expected)
    {
        await using var gateway = new TestGateway();
        var client = gateway.Open(from: IPAddress.Parse(from));
        Assert.Equal(expected, (await client.Connect("c")).Code);
    }

    [Theory]
    [InlineData("Acknowledge", MqttVersion.V311, MqttPacketType.PubAck)]
    [InlineData("Disconnect", MqttVersion.V311, null)]
    [InlineData("Disconnect", MqttVersion.V5, MqttPacketType.PubAck)]
    public async Task A_client_of_3_1_1_whose_message_is_refused_is_acknowledged_or_closed_as_configured(string setting, MqttVersion version, MqttPacketType? answer)
    {
        _access.Write(AccessText.Users(["c"]));
        await using var gateway = await ListeningGateway.Start(_access.Strict("--Gateway:Access:OnRefusedPublish", setting));
        var (transport, client) = await SocketTransport.Open(gateway.Port, version);
        using var _ = transport;
        await client.Connect("c", userName: "c", password: Password);
        await client.Publish("dt/devices/other/telemetry", """{"t": 1}""", packetId: 1);
        if (answer is { } type)
        {
            await client.Expect(type);
            await client.Ping();
        }
        else
        {
            var packet = await Record.ExceptionAsync(async () => await client.Expect(MqttPacketType.PubAck));
            if (packet is null)
                await client.ExpectClosed();
        }

        Assert.Equal(0, gateway.Twins.Ingests);
    }

    [Theory]
    [InlineData(false, true, MqttReasonCode.Success)]
    [InlineData(true, true, MqttReasonCode.Success)]
    [InlineData(true, false, MqttReasonCode.NotAuthorized)]
    public async Task As_at_AWS_a_will_or_a_session_may_need_a_policy_that_speaks_of_it(bool isRequired, bool isClean, MqttReasonCode expected)
    {
        _access.Write($$"""{ "policies": { {{AccessText.Policy("p", AccessText.Statement("Allow", "iot:*", "*"))}} }, "users": { {{AccessText.User("c", "\"p\"")}} } }""");
        await using var gateway = await ListeningGateway.Start(_access.Strict("--Gateway:Access:RequireConnectAttributes", $"{isRequired}"));
        var (transport, client) = await SocketTransport.Open(gateway.Port, MqttVersion.V311);
        using var _ = transport;
        Assert.Equal(expected, (await client.Connect("c", userName: "c", password: Password, clean: isClean)).Code);
    }

    [Fact]
    public async Task Devices_that_come_back_all_at_once_cost_a_hash_each_only_the_first_time()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c"]));
        await gateway.Refresh();
        var checks = gateway.Gateway.Services.GetRequiredService<PasswordChecks>();
        for (var i = 0; i < 100; i++)
        {
            var client = gateway.Gateway.Open(MqttVersion.V311);
            Assert.Equal(MqttReasonCode.Success, (await client.Connect("c", userName: "c", password: Password)).Code);
        }

        Assert.Equal(1, checks.Hashed);
        for (var i = 0; i < 100; i++)
        {
            var client = gateway.Gateway.Open(MqttVersion.V311);
            Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await client.Connect("c", userName: "c", password: "outdated")).Code);
        }

        Assert.Equal(2, checks.Hashed);
    }

    [Fact]
    public async Task A_client_whose_password_waits_to_be_hashed_is_not_taken_for_one_that_says_nothing()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c"]));
        await gateway.Refresh();
        var client = gateway.Gateway.Open(readsInline: true);
        await client.Send(new ConnectPacket { CleanStart = true, ClientId = "c"u8, HasUserName = true, UserName = "c"u8, HasPassword = true, Password = "correct horse"u8 });
        gateway.Gateway.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MqttReasonCode.Success, (await client.Expect(MqttPacketType.ConnAck)).Code);
    }

    [Fact]
    public async Task When_too_many_passwords_wait_to_be_hashed_a_client_is_told_to_come_back()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c"]), ("Gateway:Access:PasswordsWaiting", "1"));
        await gateway.Refresh();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => gateway.Gateway.Open().Connect("c", userName: "c", password: $"guess {n}")));

        Assert.Contains(answers, answer => answer.Code == MqttReasonCode.BadUserNameOrPassword);
        Assert.Contains(answers, answer => answer.Code == MqttReasonCode.ServerBusy);
        Assert.All(answers, answer => Assert.True(answer.Code is MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.ServerBusy));
    }

    [Fact]
    public async Task The_process_s_own_clients_come_in_where_nobody_does_without_credentials()
    {
        await using var gateway = await ListeningGateway.Start(_access.Strict("--Access:ApiKey", "0123456789abcdef"));
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("agent", password: gateway.Services.GetRequiredService<LocalKey>().Password)).Code);
    }

    [Theory]
    [InlineData("""{ "users": { "a": {} } }""", "users.a.passwordHash")]
    [InlineData("{", "is not JSON")]
    public async Task A_broken_file_is_no_start(string json, string told)
    {
        _access.Write(json);
        var refused = await Assert.ThrowsAsync<StoreException>(() => ListeningGateway.Start(_access.Settings()));
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_access.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_for_visitors_that_is_not_there_is_no_start()
    {
        var refused = await Assert.ThrowsAsync<StoreException>(() => ListeningGateway.Start(_access.Settings("--Gateway:Access:AnonymousPolicy", "visitors")));
        Assert.Contains("'visitors'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_or_goes_away_is_told_once_and_what_was_in_force_remains()
    {
        _access.Write(AccessText.Users(["c"]));
        await using var gateway = await ListeningGateway.Start(_access.Strict());
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        await client.Connect("c", userName: "c", password: Password);

        _access.Write("{ half a docu");
        await Told(1);
        File.Delete(_access.Path);
        await Told(2);
        await client.Ping();
        _access.Write(AccessText.Users(["d"]));
        Assert.Equal(MqttReasonCode.AdministrativeAction, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await Told(2);

        Task Told(int times) => Eventually.IsTrue(
            $"{times} errors in the log", () => Task.FromResult(gateway.Log.Of(LogLevel.Error).Count(line => line.Contains("what was in force remains", StringComparison.Ordinal)) == times));
    }

    [Fact]
    public async Task The_file_is_for_its_owner_s_eyes_and_two_gateways_may_share_it()
    {
        await using var one = await ListeningGateway.Start(_access.Strict());
        await using var other = await ListeningGateway.Start(_access.Strict());
        var token = await Token(one, "pump-1");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_access.Path));

        await Eventually.IsTrue("the other gateway to know the token", async () =>
        {
            var (transport, client) = await SocketTransport.Open(other.Port);
            using var _ = transport;
            return (await client.Connect("pump-1", password: token)).Code == MqttReasonCode.Success;
        });
    }

    [Fact]
    public async Task Without_a_file_nothing_can_be_kept_and_one_is_told_how()
    {
        await using var gateway = await ListeningGateway.Start();
        var refused = await Assert.ThrowsAsync<StoreException>(() => Token(gateway, "pump-1"));
        Assert.Contains("Gateway:Access:Path", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_comes_in_without_credentials_other_machines_may_reach_the_gateway()
    {
        await using var gateway = await ListeningGateway.Start(_access.Strict("--Gateway:Host", "0.0.0.0"));
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        using var _ = transport;
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("c")).Code);
    }

    [Fact]
    public async Task Trust_in_an_authority_whose_certificates_nobody_asks_for_is_no_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => ListeningGateway.Start("--Gateway:Access:TrustCertificatesOfCa", "true"));
        Assert.Contains("Gateway:Tls:ClientCertificates", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_connected_can_be_asked_about()
    {
        await using var gateway = new PlainGateway(AccessText.Users(["c"]));
        await gateway.Refresh();
        var asked = gateway.Gateway.Services.GetRequiredService<IGatewayAccess>();
        Assert.Null(asked.Find("c"));
        var client = gateway.Gateway.Open();
        await client.Connect("c", userName: "c", password: Password);
        Assert.Equal(("user/c", "default-device"), (asked.Find("c")!.Value.Principal, asked.Find("c")!.Value.Policies.Policies.Single().Name));
        await client.Disconnect();
        await client.ExpectClosed();
        Assert.Null(asked.Find("c"));
    }

    private static async Task<string> Token(ListeningGateway gateway, string clientId, DateTimeOffset? expires = null)
    {
        var text = BearerToken.New();
        await gateway.Services.GetRequiredService<IAccessBook>().Edit(
            edition => (edition.With(new Credential.Token($"of-{clientId}", BearerToken.DigestOf(text), expires, [], [clientId])), 0));
        return text;
    }
}
