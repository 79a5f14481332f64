using System.IO.Pipelines;
using System.Net.WebSockets;

namespace OrleansIot.Gateway.Transports;

/// <summary>
/// A WebSocket as the pair of pipes that a connection is. Frames are no packets: both ways a packet may span frames and a
/// frame may hold several ([MQTT-6.0.0-2]).
/// </summary>
internal sealed class WebSocketTransport : IDuplexPipe
{
    private const int ReceiveBytes = 4 * 1024;

    private readonly WebSocket _socket;
    private readonly CancellationToken _aborted;
    private readonly Pipe _received;

    public WebSocketTransport(WebSocket socket, long maxReadBufferBytes, CancellationToken aborted)
    {
        (_socket, _aborted) = (socket, aborted);
        _received = new Pipe(new PipeOptions(
            pauseWriterThreshold: maxReadBufferBytes, resumeWriterThreshold: maxReadBufferBytes / 2, minimumSegmentSize: ReceiveBytes, useSynchronizationContext: false));
        Output = PipeWriter.Create(new SendStream(socket), new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <summary>The connection's end is read from here, not a receive that is cancelled: that would abort the socket, and leave no goodbye.</summary>
    public PipeReader Input => _received.Reader;

    public PipeWriter Output { get; }

    /// <summary>[MQTT-6.0.0-1]: what came was no binary frame.</summary>
    public bool IsViolated { get; private set; }

    /// <summary>Passes on what comes until either side has had enough.</summary>
    public async Task Receive()
    {
        try
        {
            while (await TryReceive())
            {
            }
        }
        catch (Exception lost) when (lost is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader is told by the end of the pipe.
        }
        finally
        {
            await _received.Writer.CompleteAsync();
        }
    }

    /// <summary>Says that nothing more comes, unless the socket is gone already.</summary>
    public async Task SayClose()
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(IsViolated ? WebSocketCloseStatus.InvalidMessageType : WebSocketCloseStatus.NormalClosure, null, _aborted);
        }
        catch (Exception lost) when (lost is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody is there to be told.
        }
    }

    private async ValueTask<bool> TryReceive()
    {
        try
        {
            // Waits without a buffer: an idle connection holds none.
            return IsData(await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)) && await TryPass();
        }
        catch (OperationCanceledException) when (!_aborted.IsCancellationRequested && _socket.State == WebSocketState.Open)
        {
            // A server that stops interrupts the reads of its requests. This one goes on until the client has been told. It yields:
            // what tells that the connection was aborted may be waiting for this thread.
            await Task.Yield();
            return true;
        }
    }

    private async ValueTask<bool> TryPass()
    {
        var received = await _socket.ReceiveAsync(_received.Writer.GetMemory(ReceiveBytes), CancellationToken.None);
        if (!IsData(received))
            return false;

        _received.Writer.Advance(received.Count);
        return !(await _received.Writer.FlushAsync(CancellationToken.None)).IsCompleted;
    }

    private bool IsData(ValueWebSocketReceiveResult received)
    {
        IsViolated |= received.MessageType == WebSocketMessageType.Text;
        return received.MessageType == WebSocketMessageType.Binary;
    }

    private sealed class SendStream(WebSocket socket) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            catch (Exception lost) when (lost is WebSocketException or ObjectDisposedException)
            {
                throw new IOException("The WebSocket is gone.", lost);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
