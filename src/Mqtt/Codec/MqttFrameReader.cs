using System.Buffers;

namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// Cuts frames out of a pipe's sequence. A frame that lies within the first segment is read in place;
/// one that crosses segments is joined in a pooled buffer. Owned by one connection.
/// </summary>
/// <param name="maxPacketSize">Largest packet to accept, fixed header included.</param>
public sealed class MqttFrameReader(int maxPacketSize) : IDisposable
{
    private const int MaxHeaderLength = 1 + VariableByteInteger.MaxLength;

    private byte[]? _joined;

    /// <summary>Largest packet to accept, fixed header included.</summary>
    public int MaxPacketSize { get; } = maxPacketSize;

    /// <summary>
    /// Reads the next frame and moves <paramref name="buffer"/> past it; leaves the buffer alone unless the answer is
    /// <see cref="OperationStatus.Done"/>. The frame lives until the next call and the pipe's next AdvanceTo.
    /// </summary>
    public OperationStatus Read(ref ReadOnlySequence<byte> buffer, out MqttFrame frame, out MqttReasonCode reason)
    {
        Release();
        var status = MqttFrame.Read(buffer.FirstSpan, MaxPacketSize, out frame, out var bytesRead, out reason);
        if (status == OperationStatus.NeedMoreData && !buffer.IsSingleSegment)
            return ReadAcrossSegments(ref buffer, out frame, out reason);

        if (status == OperationStatus.Done)
            buffer = buffer.Slice(bytesRead);
        return status;
    }

    public void Dispose() => Release();

    private OperationStatus ReadAcrossSegments(ref ReadOnlySequence<byte> buffer, out MqttFrame frame, out MqttReasonCode reason)
    {
        frame = default;
        Span<byte> start = stackalloc byte[(int)Math.Min(buffer.Length, MaxHeaderLength)];
        buffer.Slice(0, start.Length).CopyTo(start);
        var status = MqttFrame.ReadHeader(start, MaxPacketSize, out var headerLength, out var bodyLength, out reason);
        if (status != OperationStatus.Done)
            return status;
        if (buffer.Length - headerLength < bodyLength)
            return OperationStatus.NeedMoreData;

        var body = buffer.Slice(headerLength, bodyLength);
        if (body.IsSingleSegment)
        {
            frame = new MqttFrame(start[0], body.FirstSpan);
        }
        else
        {
            _joined = ArrayPool<byte>.Shared.Rent(bodyLength);
            body.CopyTo(_joined);
            frame = new MqttFrame(start[0], _joined.AsSpan(0, bodyLength));
        }

        buffer = buffer.Slice(body.End);
        return OperationStatus.Done;
    }

    private void Release()
    {
        if (_joined is { } joined)
        {
            _joined = null;
            ArrayPool<byte>.Shared.Return(joined);
        }
    }
}
