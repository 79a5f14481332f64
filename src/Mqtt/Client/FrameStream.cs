using System.Buffers;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>Cuts frames out of a stream. The buffer grows to the largest packet in sight and never past the limit.</summary>
internal sealed class FrameStream(Stream stream, int maxPacketBytes)
{
    private const int InitialLength = 4 * 1024;

    private byte[] _buffer = new byte[InitialLength];
    private int _start;
    private int _end;

    /// <summary>The next frame among the bytes at hand; it lives until the next <see cref="Fill"/>.</summary>
    public OperationStatus TryRead(out MqttFrame frame, out MqttReasonCode reason)
    {
        var status = MqttFrame.Read(_buffer.AsSpan(_start, _end - _start), maxPacketBytes, out frame, out var bytesRead, out reason);
        _start += bytesRead;
        return status;
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
    public async ValueTask<bool> Fill(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        // An incomplete frame within the limit fills the buffer only while the buffer is shorter than the limit.
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += count;
        return count > 0;
    }
}
