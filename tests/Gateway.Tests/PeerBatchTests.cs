using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Peers;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>The bytes between gateways.</summary>
public sealed class PeerBatchTests : IAsyncLifetime
{
    private readonly PeerHub _hub = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public void What_is_written_is_read_and_kinds_of_later_releases_are_passed_over()
    {
        var batch = Batch(session: 5, sequence: 3);
        byte[] extended = [.. batch[..PeerBatchWriter.HeaderBytes], 200, 2, 0, 0, 0, 1, 2, .. batch[PeerBatchWriter.HeaderBytes..]];
        var reader = new PeerBatchReader(extended);
        Assert.Equal((5, 3), (reader.Session, reader.Sequence));

        var kinds = new List<PeerItemKind>();
        while (reader.MoveNext())
        {
            kinds.Add(reader.Kind);
            if (reader.Kind == PeerItemKind.FilterAdded)
                Assert.Equal("a/+", reader.ReadText());
            if (reader.Kind == PeerItemKind.ClientConnected)
                Assert.Equal(("pump-1", new PeerStamp(1, 2)), (reader.ReadText(), reader.Stamp));
            if (reader.Kind == PeerItemKind.RetainedMessage)
            {
                Assert.Equal(new PeerStamp(3, 4), reader.Stamp);
                Assert.Equal("state", System.Text.Encoding.UTF8.GetString(reader.Publish.Topic));
                Assert.True(reader.Publish.Retain);
            }
        }

        Assert.False(reader.IsMalformed);
        Assert.Equal(
            [PeerItemKind.InterestStart, PeerItemKind.FilterAdded, PeerItemKind.FilterRemoved, PeerItemKind.Message, PeerItemKind.RetainedMessage, PeerItemKind.ClientConnected],
            kinds);
    }

    [Fact]
    public async Task A_batch_that_is_cut_or_wrong_anywhere_is_refused_or_harmless()
    {
        await _hub.Joined("one", "two");
        var peers = _hub.PeersOf("two");
        var session = long.MaxValue - 100_000;
        var random = new Random(4_711);
        for (var cut = 0; cut < Batch(0, 0).Length; cut++)
        {
            peers.Receive(new PeerId("one"), Batch(++session, 0).AsMemory(0, cut));
            var mutated = Batch(++session, 0);
            mutated[cut] = (byte)random.Next(256);
            if (mutated[0] == PeerBatchWriter.Version && cut >= PeerBatchWriter.HeaderBytes)
                peers.Receive(new PeerId("one"), mutated);
        }

        Assert.Equal(PeerAnswer.Refused, peers.Receive(new PeerId("one"), new byte[] { 2, 0, 0 }));
        Assert.Equal(PeerAnswer.Accepted, peers.Receive(new PeerId("one"), Batch(++session, 0)));
    }

    [Fact]
    public async Task Batches_are_taken_in_sequence_once_and_from_members_only()
    {
        await _hub.Joined("one", "two");
        var peers = _hub.PeersOf("two");
        var one = new PeerId("one");
        Assert.Equal(PeerAnswer.UnknownSender, peers.Receive(new PeerId("stranger"), Batch(1, 0)));

        const long session = long.MaxValue - 1;
        Assert.Equal(PeerAnswer.OutOfSequence, peers.Receive(one, Batch(session, 1)));
        Assert.Equal(PeerAnswer.Accepted, peers.Receive(one, Batch(session, 0)));
        Assert.Equal(PeerAnswer.OutOfSequence, peers.Receive(one, Batch(session, 2)));
        Assert.Equal(PeerAnswer.Accepted, peers.Receive(one, Batch(session, 1)));
        Assert.Equal(PeerAnswer.Accepted, peers.Receive(one, Batch(session, 0)));
        Assert.Equal(PeerAnswer.UnknownSender, peers.Receive(one, Batch(session - 1, 0)));

        peers.Leave(one);
        Assert.Equal(PeerAnswer.UnknownSender, peers.Receive(one, Batch(session, 2)));
    }

    private static byte[] Batch(long session, int sequence)
    {
        var writer = new PeerBatchWriter(new ManualTime());
        writer.Start(session, sequence);
        writer.WriteInterestStart();
        writer.Write(TopicFilter.Parse("a/+"), isAdded: true);
        writer.Write(TopicFilter.Parse("b"), isAdded: false);
        writer.TryWrite(PeerItem.Of(new BrokeredMessage(PublishBody.Copy("a/1"u8, "x"u8), MqttQoS.AtLeastOnce, Retain: false, 0)));
        writer.TryWrite(PeerItem.Retained(new BrokeredMessage(PublishBody.Copy("state"u8, "y"u8), MqttQoS.AtMostOnce, Retain: true, 0), new PeerStamp(3, 4)));
        writer.TryWrite(PeerItem.Connected("pump-1", new PeerStamp(1, 2)));
        return writer.Finish();
    }
}
