using System.Net.Sockets;

namespace OrleansIot.DeviceAgent.Demo;

/// <summary>The line from a device to the broker, which can be cut.</summary>
internal sealed class Cable(BrokerOptions broker) : IDisposable
{
    private readonly Lock _lock = new();
    private Socket? _socket;
    private bool _isCut;

    public async ValueTask<Stream> Dial(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(broker.Host, broker.Port, cancellation);
            lock (_lock)
            {
                if (_isCut)
                    throw new IOException("The cable is cut.");

                _socket = socket;
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends the connection without a word, and every one to come.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
            _socket?.Dispose();
        }
    }

    public void Dispose() => _socket?.Dispose();
}
