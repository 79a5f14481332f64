using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Peers;

/// <summary>Walks a batch in place; what <see cref="PeerBatchWriter"/> wrote. Wrong bytes end it, with <see cref="IsMalformed"/> set.</summary>
internal ref struct PeerBatchReader
{
    private ReadOnlySpan<byte> _rest;

    public PeerBatchReader(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < PeerBatchWriter.HeaderBytes || batch[0] != PeerBatchWriter.Version)
        {
            IsMalformed = true;
            return;
        }

        Session = BinaryPrimitives.ReadInt64LittleEndian(batch[1..]);
        Sequence = BinaryPrimitives.ReadInt32LittleEndian(batch[(1 + sizeof(long))..]);
        _rest = batch[PeerBatchWriter.HeaderBytes..];
    }

    public bool IsMalformed { get; private set; }

    public long Session { get; }

    public int Sequence { get; }

    public PeerItemKind Kind { get; private set; }

    public PeerStamp Stamp { get; private set; }

    /// <summary>The text of a filter or a client id.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    public PublishPacket Publish { get; private set; }

    /// <summary>Moves to the next item of a kind that is known.</summary>
    public bool MoveNext()
    {
        const int prefix = sizeof(byte) + sizeof(int);
        while (!IsMalformed && !_rest.IsEmpty)
        {
            var length = _rest.Length < prefix ? -1 : BinaryPrimitives.ReadInt32LittleEndian(_rest[1..]);
            if (length < 0 || length > _rest.Length - prefix)
            {
                IsMalformed = true;
                return false;
            }

            Kind = (PeerItemKind)_rest[0];
            var body = _rest.Slice(prefix, length);
            _rest = _rest[(prefix + length)..];
            if (!Enum.IsDefined(Kind))
                continue;

            IsMalformed = !TryRead(body);
            return !IsMalformed;
        }

        return false;
    }

    public readonly string ReadText() => Encoding.UTF8.GetString(Text);

    private bool TryRead(ReadOnlySpan<byte> body)
    {
        if (Kind is PeerItemKind.InterestStart)
            return true;

        if (Kind is PeerItemKind.RetainedMessage or PeerItemKind.RetainedState or PeerItemKind.ClientConnected)
        {
            if (body.Length < PeerBatchWriter.StampBytes)
                return false;
            Stamp = new PeerStamp(BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt32LittleEndian(body[sizeof(long)..]));
            body = body[PeerBatchWriter.StampBytes..];
        }

        if (Kind is PeerItemKind.FilterAdded or PeerItemKind.FilterRemoved or PeerItemKind.ClientConnected)
        {
            Text = body;
            return true;
        }

        if (MqttFrame.Read(body, int.MaxValue, out var frame, out var read, out _) != OperationStatus.Done || read != body.Length
            || frame.Type != MqttPacketType.Publish || !PublishPacket.TryRead(frame, MqttVersion.V5, out var publish, out _))
        {
            return false;
        }

        Publish = publish;
        return true;
    }
}
