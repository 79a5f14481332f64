using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Mqtt.Tests.Sessions;

public sealed class OrderedAcksTests
{
    [Fact]
    public void Whatever_the_order_of_completion_acks_leave_in_the_order_of_arrival() =>
        Prop.ForAll(Gen.Choose(1, 50).ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (count, seed) =>
        {
            var acks = new OrderedAcks(count);
            var tickets = Enumerable.Range(1, count).Select(id => Take(acks, (ushort)id)).ToArray();
            new Random(seed).Shuffle(tickets);

            var sent = new List<ushort>();
            foreach (var ticket in tickets)
            {
                var isReady = acks.Complete(ticket);
                var before = sent.Count;
                while (acks.TryDequeue(out _, out var packetId, out _))
                    sent.Add(packetId);
                Assert.Equal(isReady, sent.Count > before);
            }

            Assert.Equal(Enumerable.Range(1, count).Select(id => (ushort)id), sent);
            Assert.Equal(0, acks.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_than_the_receive_maximum_is_refused_until_an_ack_has_left()
    {
        var acks = new OrderedAcks(2);
        var first = Take(acks, 1);
        Take(acks, 2);
        Assert.False(acks.TryTake(MqttPacketType.PubAck, 3, out _));

        acks.Complete(first);
        Assert.False(acks.TryTake(MqttPacketType.PubAck, 3, out _));
        Assert.True(acks.TryDequeue(out _, out _, out _));
        Assert.True(acks.TryTake(MqttPacketType.PubAck, 3, out _));
    }

    [Fact]
    public void Each_ack_is_written_with_its_type_and_reason()
    {
        var acks = new OrderedAcks(8);
        acks.Complete(Take(acks, 1));
        acks.TryTake(MqttPacketType.PubRec, 2, out var second);
        acks.Complete(second, MqttReasonCode.NotAuthorized);
        Take(acks, 3);

        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(2, acks.WriteReady(output, MqttVersion.V5));
        Assert.Equal([0x40, 2, 0, 1, 0x50, 3, 0, 2, 0x87], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_ticket_is_completed_once()
    {
        var acks = new OrderedAcks(8);
        Take(acks, 1);
        var ticket = Take(acks, 2);
        acks.Complete(ticket);
        Assert.Throws<InvalidOperationException>(() => acks.Complete(ticket));
    }

    [Fact]
    public void Threads_that_complete_at_once_leave_every_ack_in_order()
    {
        var acks = new OrderedAcks(1_000);
        var tickets = Enumerable.Range(1, 1_000).Select(id => Take(acks, (ushort)id)).ToArray();
        Parallel.ForEach(tickets, ticket => acks.Complete(ticket));

        for (var expected = 1; expected <= 1_000; expected++)
        {
            Assert.True(acks.TryDequeue(out _, out var packetId, out _));
            Assert.Equal(expected, packetId);
        }
    }

    private static long Take(OrderedAcks acks, ushort packetId)
    {
        Assert.True(acks.TryTake(MqttPacketType.PubAck, packetId, out var ticket));
        return ticket;
    }
}
