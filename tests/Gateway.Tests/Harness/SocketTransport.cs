using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A test client's socket to a gateway that listens.</summary>
internal sealed class SocketTransport : IDuplexPipe, IDisposable
{
    private readonly Socket _socket;

    private SocketTransport(Socket socket)
    {
        _socket = socket;
        var stream = new NetworkStream(socket);
        Input = PipeReader.Create(stream);
        Output = PipeWriter.Create(stream);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public static async Task<(SocketTransport Transport, TestClient Client)> Open(int port, MqttVersion version = MqttVersion.V5)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var transport = new SocketTransport(socket);
        return (transport, new TestClient(transport, version, Task.CompletedTask));
    }

    public void Dispose() => _socket.Dispose();
}
