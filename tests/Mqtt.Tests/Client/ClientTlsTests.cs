using System.Security.Authentication;
using OrleansIot.Mqtt.Client;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>TLS against a broker that nobody here wrote, and that admits only whom it knows by certificate.</summary>
public sealed class ClientTlsTests : IAsyncLifetime
{
    private readonly PeerCertificates _certificates = new();
    private Mosquitto _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await Mosquitto.Start(_certificates.MosquittoSettings());

    public async ValueTask DisposeAsync()
    {
        // Not in a Dispose of its own: where there is this one, that is not called.
        _certificates.Dispose();
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    [Fact]
    public async Task With_a_certificate_the_server_knows_a_message_gets_through()
    {
        await using var client = await MqttClient.Connect(Options(Mutual())).Within("the connection");
        await client.Publish(new MqttMessage { Topic = "t" }).Within("the PUBACK");
    }

    [Fact]
    public async Task A_certificate_the_server_does_not_know_is_refused_and_so_is_none()
    {
        using var strangers = new PeerCertificates();
        var (certificatePath, keyPath) = strangers.Issue("client");
        var refusal = await Refused(new MqttTlsOptions { CaPath = _certificates.CaPath, CertificatePath = certificatePath, KeyPath = keyPath });
        Assert.Contains("certificate", refusal.Message, StringComparison.Ordinal);
        await Refused(new MqttTlsOptions { CaPath = _certificates.CaPath });
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_talked_to_and_not_soon_tried_again()
    {
        using var strangers = new PeerCertificates();
        var refusal = await Refused(new MqttTlsOptions { CaPath = strangers.CaPath });
        Assert.IsType<AuthenticationException>(refusal.InnerException);
        Assert.False(refusal.IsTransient);
        Assert.InRange(new MqttReconnectOptions().DelayAfter(refusal, attempt: 0), TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_server_of_another_name_is_not_talked_to() =>
        Assert.IsType<AuthenticationException>((await Refused(Mutual(serverName: "other.example"))).InnerException);

    [Fact]
    public async Task Only_the_option_that_says_so_accepts_any_server()
    {
        using var strangers = new PeerCertificates();
        var (certificatePath, keyPath) = _certificates.Issue("client");
        await using var client = await MqttClient.Connect(Options(new MqttTlsOptions
        {
            CertificatePath = certificatePath,
            KeyPath = keyPath,
            DangerouslyAcceptAnyServerCertificate = true,
        })).Within("the connection");
        Assert.True(client.IsConnected);
    }

    [Fact]
    public void Protocols_and_the_name_go_into_the_handshake()
    {
        var handshake = new MqttTlsOptions { ServerName = "abc.iot.example", ApplicationProtocols = ["x-amzn-mqtt-ca"] }.ForHandshake("10.0.0.1");
        Assert.Equal(("abc.iot.example", "x-amzn-mqtt-ca"), (handshake.TargetHost, handshake.ApplicationProtocols?.Single().ToString()));
        Assert.Null(handshake.RemoteCertificateValidationCallback);
    }

    [Fact]
    public void What_is_wrong_with_the_files_is_told_by_the_names_of_the_settings()
    {
        var (certificatePath, _) = _certificates.Issue("one");
        var (_, otherKey) = _certificates.Issue("other");

        Says("Broker:Tls:CaPath is '/no/ca.pem', which cannot be read", new MqttTlsOptions { CaPath = "/no/ca.pem" });
        Says($"Broker:Tls:CaPath is '{otherKey}', which holds no PEM certificate", new MqttTlsOptions { CaPath = otherKey });
        Says("Broker:Tls:CertificatePath is set, but not Broker:Tls:KeyPath", new MqttTlsOptions { CertificatePath = certificatePath });
        Says($"Broker:Tls:KeyPath is '{otherKey}', which holds no key", new MqttTlsOptions { CertificatePath = certificatePath, KeyPath = otherKey });
        Says("DangerouslyAcceptAnyServerCertificate is set beside", new MqttTlsOptions { CaPath = _certificates.CaPath, DangerouslyAcceptAnyServerCertificate = true });
        Assert.Empty(Mutual().Problems("Broker:Tls:"));

        static void Says(string expected, MqttTlsOptions options) =>
            Assert.Contains(expected, Assert.Single(options.Problems("Broker:Tls:")), StringComparison.Ordinal);
    }

    private MqttTlsOptions Mutual(string? serverName = null)
    {
        var (certificatePath, keyPath) = _certificates.Issue("client");
        return new() { CaPath = _certificates.CaPath, CertificatePath = certificatePath, KeyPath = keyPath, ServerName = serverName };
    }

    private async Task<MqttConnectException> Refused(MqttTlsOptions tls) =>
        await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.Connect(Options(tls)).Within("the refusal"));

    private MqttClientOptions Options(MqttTlsOptions tls) => new() { Host = "127.0.0.1", Port = _broker.Port, Tls = tls };
}
