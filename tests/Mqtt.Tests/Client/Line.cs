using System.Net.Sockets;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>A TCP line to a broker that the test can cut, as often as it likes.</summary>
internal sealed class Line(Func<int> port)
{
    private volatile Stream? _stream;

    /// <summary>Give this to the client's options.</summary>
    public async ValueTask<Stream> Dial(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync("127.0.0.1", port(), cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public void Cut() => _stream?.Dispose();
}
