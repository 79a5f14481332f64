using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

public sealed class WebSocketTests : IAsyncLifetime
{
    private ListeningGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ListeningGateway.Start("--Gateway:WebSocket:Port", "0");

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_device_connects_and_publishes_over_WebSocket()
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        Assert.Equal("mqtt", socket.SubProtocol); // [MQTT-6.0.0-4]
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
        await client.Publish("dt/devices/pump-1/telemetry", """{"t": 1}""", packetId: 1);
        await client.Expect(MqttPacketType.PubAck);
        Assert.Equal("pump-1", (await _gateway.Twins.Next<TwinCommand.Ingest>()).Device.Value);
        Assert.Contains($"MQTT over WebSocket listening on 127.0.0.1:{_gateway.Address.WebSocket!.Port}", _gateway.Log.Of(LogLevel.Information));
    }

    [Fact]
    public async Task A_large_packet_passes_both_ways_over_WebSocket()
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        await client.Connect("c");
        await client.Subscribe("big", MqttQoS.AtMostOnce);
        var payload = new string('x', 200_000);
        await client.Publish("big", payload);
        Assert.Equal(payload, (await client.Expect(MqttPacketType.Publish)).Payload);
    }

    // [MQTT-6.0.0-2]
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Packets_may_be_split_over_frames_and_joined_in_one(int frameBytes)
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        var packets = new ArrayBufferWriter<byte>();
        packets.WritePacket(new ConnectPacket { CleanStart = true, ClientId = "pump-1"u8 }, MqttVersion.V5);
        packets.WritePacket(new PublishPacket { Topic = "dt/devices/pump-1/telemetry"u8, Payload = """{"t": 1}"""u8, QoS = MqttQoS.AtLeastOnce, PacketId = 1 }, MqttVersion.V5);
        packets.WritePacket(PingPacket.Request, MqttVersion.V5);
        for (var rest = packets.WrittenMemory; rest.Length > 0; rest = rest[Math.Min(frameBytes, rest.Length)..])
            await socket.SendAsync(rest[..Math.Min(frameBytes, rest.Length)], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

        await client.Expect(MqttPacketType.ConnAck);
        await client.Expect(MqttPacketType.PubAck);
        await client.Expect(MqttPacketType.PingResp);
    }

    [Fact]
    public async Task A_message_in_fragments_is_taken_and_an_empty_frame_is_nothing()
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        await client.Connect("c");
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        await socket.SendAsync(new byte[] { 0xC0 }, WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
        await socket.SendAsync(new byte[] { 0x00 }, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        await client.Expect(MqttPacketType.PingResp);
    }

    // [MQTT-6.0.0-1]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_text_frame_ends_the_connection(bool isConnected)
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        if (isConnected)
            await client.Connect("c");
        await socket.SendAsync(new byte[] { 0xC0, 0x00 }, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await client.ExpectClosed();
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, socket.CloseStatus);
    }

    [Fact]
    public async Task After_DISCONNECT_the_WebSocket_is_closed_in_good_order()
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        await client.Connect("c");
        await client.Disconnect();
        await client.ExpectClosed();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_gone()
    {
        using (var socket = new ClientWebSocket())
        {
            var (_, client) = await StreamTransport.WebSocket(socket, Address());
            await client.Connect("pump-1");
            socket.Abort();
        }

        await _gateway.Twins.Next<TwinCommand.CloseSession>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_is_connected_over_WebSocket_is_told_that_the_server_stops_and_cannot_hold_it_up(bool answersClose)
    {
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, Address());
        await client.Connect("pump-1");
        var stopping = _gateway.Stop();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, (await client.Expect(MqttPacketType.Disconnect)).Code);
        await client.ExpectClosed();
        if (answersClose)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping.Within("the host's end");
        Assert.Equal(0, _gateway.Twins.ClosedSessions);
    }

    [Theory]
    [InlineData("WebSocket")]
    [InlineData("Tls")]
    public async Task A_subscriber_that_reads_nothing_does_not_hold_up_the_stop(string listener)
    {
        using var authority = new TestAuthority();
        authority.RenewGateway();
        await using var gateway = await ListeningGateway.Start(authority.Settings(listener));
        using var socket = new ClientWebSocket();
        var (transport, subscriber) = listener == "Tls"
            ? await StreamTransport.Tls(gateway.Address.Tls!.Port, authority)
            : await StreamTransport.WebSocket(socket, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        using var _ = transport;
        await subscriber.Connect("slow");
        await subscriber.Subscribe("flood", MqttQoS.AtMostOnce);

        // More than its queue and every buffer on the way take together.
        var (plain, publisher) = await SocketTransport.Open(gateway.Port);
        using var __ = plain;
        await publisher.Connect("fast");
        var payload = new string('x', 200_000);
        for (var n = 0; n < 150; n++)
            await publisher.Publish("flood", payload);
        await publisher.Ping();

        await gateway.Stop().Within("the host's end");
        Assert.Empty(gateway.Log.Of(LogLevel.Error));
    }

    [Fact]
    public async Task A_refused_client_that_is_gone_before_it_is_told_is_no_fault()
    {
        await using var gateway = new TestGateway(("Access:ApiKey", "secret"));
        var sent = new Pipe();
        sent.Writer.WritePacket(new ConnectPacket { CleanStart = true, ClientId = "pump-1"u8 }, MqttVersion.V5);
        await sent.Writer.FlushAsync();
        var connection = new DefaultConnectionContext("gone") { Transport = new Transport(sent.Reader, PipeWriter.Create(new LostStream())) };
        await gateway.Services.GetRequiredService<MqttConnectionHandler>().OnConnectedAsync(connection).Within("the gateway's end of the connection");
    }

    // [MQTT-6.0.0-3]
    [Theory]
    [InlineData("/mqtt", "other", HttpStatusCode.BadRequest)]
    [InlineData("/mqtt", null, HttpStatusCode.BadRequest)]
    [InlineData("/elsewhere", "mqtt", HttpStatusCode.NotFound)]
    [InlineData("/mqtt/more", "mqtt", HttpStatusCode.NotFound)]
    public async Task Another_path_or_sub_protocol_is_refused(string path, string? subProtocol, HttpStatusCode status)
    {
        using var socket = new ClientWebSocket();
        if (subProtocol is not null)
            socket.Options.AddSubProtocol(subProtocol);
        Assert.Equal(status, await Refusal(socket, Address(path)));
    }

    [Fact]
    public async Task A_request_that_is_no_WebSocket_is_refused()
    {
        using var http = new HttpClient();
        var port = _gateway.Address.WebSocket!.Port;
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/mqtt"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"))).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "elsewhere.example")]
    public async Task Without_an_access_key_a_page_of_another_site_is_refused(string header, string value)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.SetRequestHeader(header, value);
        Assert.Equal(HttpStatusCode.Forbidden, await Refusal(socket, Address()));
    }

    [Fact]
    public async Task With_an_access_key_pages_of_any_site_may_give_it()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:WebSocket:Port", "0", "--Gateway:WebSocket:Host", "*", "--Access:ApiKey", "secret");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://elsewhere.example");
        var (_, client) = await StreamTransport.WebSocket(socket, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.Connect("pump-1")).Code);

        using var second = new ClientWebSocket();
        var (_, admitted) = await StreamTransport.WebSocket(second, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        Assert.Equal(MqttReasonCode.Success, (await admitted.Connect("pump-1", password: "secret")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1\r\n")]
    public async Task A_peer_that_does_not_finish_its_request_is_closed(string begun)
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:WebSocket:Port", "0", "--Gateway:ConnectTimeout", "00:00:03");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway.Address.WebSocket!);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(begun));
        var buffer = new byte[4_096];
        while (await socket.ReceiveAsync(buffer).Within("the gateway's end of the connection") > 0)
        {
        }
    }

    // The time is the upgrade's too, which takes a busy machine more than a moment.
    [Fact]
    public async Task A_WebSocket_without_CONNECT_is_closed()
    {
        await using var gateway = await ListeningGateway.Start("--Gateway:WebSocket:Port", "0", "--Gateway:ConnectTimeout", "00:00:03");
        using var socket = new ClientWebSocket();
        var (_, client) = await StreamTransport.WebSocket(socket, new Uri($"ws://127.0.0.1:{gateway.Address.WebSocket!.Port}/mqtt"));
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_device_connects_over_secure_WebSocket()
    {
        using var authority = new TestAuthority();
        authority.RenewGateway();
        await using var gateway = await ListeningGateway.Start(authority.Settings("SecureWebSocket"));
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, chain, _) =>
        {
            chain!.ChainPolicy = authority.Trust();
            return chain.Build((System.Security.Cryptography.X509Certificates.X509Certificate2)chain.ChainElements[0].Certificate);
        };
        var (_, client) = await StreamTransport.WebSocket(socket, new Uri($"wss://localhost:{gateway.Address.SecureWebSocket!.Port}/mqtt"));
        Assert.Equal(MqttReasonCode.Success, (await client.Connect("pump-1")).Code);
        await client.Ping();
    }

    private static async Task<HttpStatusCode> Refusal(ClientWebSocket socket, Uri address)
    {
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, CancellationToken.None));
        return socket.HttpStatusCode;
    }

    private Uri Address(string path = "/mqtt") => new($"ws://127.0.0.1:{_gateway.Address.WebSocket!.Port}{path}");

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class LostStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("lost");
    }
}
