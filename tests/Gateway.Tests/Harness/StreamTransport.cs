using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A test client's stream to a gateway that listens: TLS or WebSocket.</summary>
internal sealed class StreamTransport(Stream stream) : IDuplexPipe, IDisposable
{
    public PipeReader Input { get; } = PipeReader.Create(stream);

    public PipeWriter Output { get; } = PipeWriter.Create(stream);

    public Stream Stream => stream;

    /// <summary>Of the gateway, as the TLS handshake showed it.</summary>
    public string? Thumbprint => ((stream as SslStream)?.RemoteCertificate as X509Certificate2)?.Thumbprint;

    public static async Task<(StreamTransport Transport, TestClient Client)> Tls(
        int port, TestAuthority authority, SslProtocols protocols = SslProtocols.None, X509Certificate2? certificate = null,
        params string[] alpn)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var ssl = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                ApplicationProtocols = [.. alpn.Select(name => new SslApplicationProtocol(name))],
                CertificateChainPolicy = authority.Trust(),
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            }).Within("the TLS handshake");
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }

        return Over(ssl);
    }

    /// <summary>What both sides agreed to speak; empty where the client named nothing.</summary>
    public string Protocol => (stream as SslStream)?.NegotiatedApplicationProtocol.ToString() ?? "";

    public static async Task<(StreamTransport Transport, TestClient Client)> WebSocket(ClientWebSocket socket, Uri address)
    {
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(address, CancellationToken.None).Within("the WebSocket handshake");
        return Over(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
    }

    public void Dispose() => stream.Dispose();

    private static (StreamTransport Transport, TestClient Client) Over(Stream stream)
    {
        var transport = new StreamTransport(stream);
        return (transport, new TestClient(transport, MqttVersion.V5, Task.CompletedTask));
    }
}
