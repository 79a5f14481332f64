using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.GatewayAlone;

/// <summary>Connections with a CONNECT accepted, keep-alive off, on which nothing happens.</summary>
internal sealed class IdleConnections(int port, Wire wire, ServerCertificate? certificate) : IDisposable
{
    // A server's backlog holds them, and both servers are busy all the time.
    private const int OpenedAtOnce = 64;

    // Fewer than an address has ports for, with room for those that others use.
    private const int PerSourceAddress = 10_000;

    // IP_BIND_ADDRESS_NO_PORT: the port is found with connect, where it need not be free for every peer. Otherwise the search
    // for one takes longer than all else as they grow few.
    private const int IpLevel = 0;
    private const int BindAddressNoPort = 24;

    private readonly List<Socket> _sockets = [];
    private readonly List<Stream> _streams = [];

    public async Task Open(int count, string name) => await Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (number, cancellation) => await OpenOne(number, $"{name}-{number}", cancellation));

    public void Dispose()
    {
        // Reset, not closed: tens of thousands of ports in TIME_WAIT would be missing in the next round.
        foreach (var socket in _sockets)
            socket.Close(0);
        foreach (var stream in _streams)
            stream.Dispose();
    }

    private async Task OpenOne(int number, string clientId, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        lock (_sockets)
            _sockets.Add(socket);
        socket.SetRawSocketOption(IpLevel, BindAddressNoPort, [1, 0, 0, 0]);
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (number / PerSourceAddress))]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);

        Stream stream = new NetworkStream(socket);
        if (wire == Wire.Tls)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", RemoteCertificateValidationCallback = (_, shown, _, _) => certificate!.IsThis(shown) }, cancellation);
            stream = secure;
        }

        lock (_streams)
            _streams.Add(stream);
        if (wire == Wire.WebSocket)
            await Upgrade(stream, cancellation);

        await stream.WriteAsync(wire == Wire.WebSocket ? Masked(Connect(clientId)) : Connect(clientId), cancellation);
        var answer = new byte[wire == Wire.WebSocket ? 6 : 4];
        await stream.ReadExactlyAsync(answer, cancellation);
        if (answer[^4] != (byte)MqttPacketType.ConnAck << 4 || answer[^1] != 0)
            throw new IOException($"The server answered CONNECT with {Convert.ToHexString(answer)}.");
    }

    private static byte[] Connect(string clientId)
    {
        var packet = new ConnectPacket { ClientId = Encoding.ASCII.GetBytes(clientId), CleanStart = true };
        var bytes = new byte[PacketEncoder.Measure(packet, MqttVersion.V311)];
        PacketEncoder.Write(bytes, packet, MqttVersion.V311);
        return bytes;
    }

    private async Task Upgrade(Stream stream, CancellationToken cancellation)
    {
        var request = $"GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);

        // Byte by byte: what follows the empty line belongs to MQTT.
        var answer = new StringBuilder();
        var next = new byte[1];
        while (answer.Length < 4 || answer.ToString(answer.Length - 4, 4) != "\r\n\r\n")
        {
            await stream.ReadExactlyAsync(next, cancellation);
            answer.Append((char)next[0]);
        }

        if (!answer.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new IOException($"The server answered the upgrade with {answer}.");
    }

    /// <summary>A binary frame under a mask of zeros, which leaves the bytes as they are.</summary>
    private static byte[] Masked(byte[] bytes) => [0x82, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes];
}
