using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>From nothing to CONNACK: opens the transport, says CONNECT and judges the answer.</summary>
internal static class Handshake
{
    private const int PlainPort = 1883, TlsPort = 8883;

    public static async Task<ClientConnection> Open(MqttClientOptions options, ClientSession session, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        Stream? stream = null;
        try
        {
            stream = await (options.Dial?.Invoke(either.Token) ?? Dial(options, either.Token));
            await stream.WriteAsync(EncodeConnect(options, session.ClientId), either.Token);
            var frames = new FrameStream(stream, options.MaxPacketBytes);
            var limits = await ReadConnAck(frames, options.Version, either.Token);
            return new ClientConnection(stream, frames, options, session, limits);
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            if (e is OperationCanceledException && timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
                throw new MqttConnectException($"No CONNACK from {options.Host} within {options.ConnectTimeout}.", e);
            if (e is AuthenticationException)
                throw MqttConnectException.Untrusted(options.Host, e);

            // TLS 1.3: a server says what it thinks of the client's certificate after the client's side of the handshake is over.
            if (e is IOException && stream is SslStream && options.Tls?.CertificatePath is not null)
                throw new MqttConnectException($"{options.Host} ended the TLS connection, perhaps as it does not accept this client's certificate: {e.Message}", e);
            if (e is IOException or SocketException)
                throw new MqttConnectException($"Could not reach {options.Host}: {e.Message}", e);
            throw;
        }
    }

    private static async ValueTask<Stream> Dial(MqttClientOptions options, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port ?? (options.Tls is null ? PlainPort : TlsPort), cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var plain = new NetworkStream(socket, ownsSocket: true);
        if (options.Tls is null)
            return plain;

        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(options.Tls.ForHandshake(options.Host), cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static ReadOnlyMemory<byte> EncodeConnect(MqttClientOptions options, string clientId)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (options.SessionExpiry > TimeSpan.Zero)
            MqttProperties.Append(properties, MqttPropertyId.SessionExpiryInterval, MessageCoding.Seconds(options.SessionExpiry));
        MqttProperties.Append(properties, MqttPropertyId.ReceiveMaximum, options.ReceiveMaximum);
        MqttProperties.Append(properties, MqttPropertyId.MaximumPacketSize, (uint)options.MaxPacketBytes);

        var willProperties = new ArrayBufferWriter<byte>();
        if (options.Will is { } will)
        {
            MessageCoding.AppendProperties(willProperties, will);
            if (will.Delay > TimeSpan.Zero)
                MqttProperties.Append(willProperties, MqttPropertyId.WillDelayInterval, MessageCoding.Seconds(will.Delay));
        }

        var output = new ArrayBufferWriter<byte>();
        output.WritePacket(new ConnectPacket
        {
            CleanStart = options.CleanStart,
            KeepAlive = checked((ushort)options.KeepAlive.TotalSeconds),
            ClientId = Encoding.UTF8.GetBytes(clientId),
            HasWill = options.Will is not null,
            WillTopic = Encoding.UTF8.GetBytes(options.Will?.Topic ?? ""),
            WillPayload = options.Will is { } message ? message.Payload.Span : default,
            WillQoS = options.Will?.QoS ?? default,
            WillRetain = options.Will?.Retain ?? false,
            WillProperties = new(willProperties.WrittenSpan),
            HasUserName = options.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(options.UserName ?? ""),
            HasPassword = options.Password is not null,
            Password = options.Password is { } password ? password.Span : default,
            Properties = new(properties.WrittenSpan),
        }, options.Version);
        return output.WrittenMemory;
    }

    private static async Task<ServerLimits> ReadConnAck(FrameStream frames, MqttVersion version, CancellationToken cancellation)
    {
        while (true)
        {
            switch (frames.TryRead(out var frame, out var reason))
            {
                case OperationStatus.Done:
                    return Judge(frame, version);
                case OperationStatus.InvalidData:
                    throw new MqttConnectException($"The server's first bytes are not MQTT: {reason}.");
            }

            if (!await frames.Fill(cancellation))
                throw new MqttConnectException("The server closed the connection without a CONNACK.");
        }
    }

    private static ServerLimits Judge(MqttFrame frame, MqttVersion version)
    {
        // [MQTT-3.2.0-1]: the server's first packet is a CONNACK. (AUTH may come first only when the client named a method, and this one does not.)
        if (frame.Type != MqttPacketType.ConnAck)
            throw new MqttConnectException($"The server's first packet is {frame.Type} and not CONNACK.");

        // 3.1.2.2: a server that does not know 5.0 refuses in the form of 3.1.1.
        if (!ConnAckPacket.TryRead(frame, version, out var packet, out var reason)
            && !ConnAckPacket.TryRead(frame, MqttVersion.V311, out packet, out _))
            throw new MqttConnectException($"The server's CONNACK breaks the protocol: {reason}.");

        return packet.ReasonCode == MqttReasonCode.Success
            ? ServerLimits.Of(packet)
            : throw new MqttConnectException(packet.ReasonCode, MessageCoding.Text(packet.Properties, MqttPropertyId.ReasonString));
    }
}
