using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class MqttFrameTests
{
    [Fact]
    public void However_a_pipe_cuts_the_stream_the_same_frames_come_out() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (seed, segmentLength) =>
        {
            byte[][] packets = [.. Enumerable.Range(0, 5).Select(i => PacketSampler.FromSeed(unchecked(seed + i)).Bytes)];
            var buffer = Segments.Of([.. packets.SelectMany(packet => packet)], segmentLength);
            using var reader = new MqttFrameReader(int.MaxValue);
            foreach (var packet in packets)
            {
                Assert.Equal(OperationStatus.Done, reader.Read(ref buffer, out var frame, out _));
                Assert.Equal(packet[0], frame.Header);
                Assert.True(packet.AsSpan().EndsWith(frame.Body));
            }

            Assert.True(buffer.IsEmpty);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_unfinished_frame_in_segments_leaves_the_buffer_as_it_was()
    {
        var bytes = Wire.Encode(new PublishPacket { Topic = "a/b"u8, Payload = new byte[300] }, MqttVersion.V5);
        using var reader = new MqttFrameReader(int.MaxValue);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            var buffer = Segments.Of(bytes[..cut], 7);
            Assert.Equal(OperationStatus.NeedMoreData, reader.Read(ref buffer, out _, out _));
            Assert.Equal(cut, buffer.Length);
        }
    }

    [Fact]
    public void A_packet_that_is_too_large_is_refused_before_its_body_arrives()
    {
        // 3.1.2.11.4: the size of a packet counts its fixed header.
        var bytes = Wire.Encode(new PublishPacket { Topic = "a"u8, Payload = new byte[197] }, MqttVersion.V311);
        Assert.Equal(203, bytes.Length);

        Assert.Equal(OperationStatus.Done, MqttFrame.Read(bytes, 203, out _, out _, out _));
        Assert.Equal(OperationStatus.InvalidData, MqttFrame.Read(bytes.AsSpan(0, 3), 202, out _, out var bytesRead, out var reason));
        Assert.Equal((0, MqttReasonCode.PacketTooLarge), (bytesRead, reason));
    }

    [Theory]
    [InlineData("00")] // type 0 is reserved
    [InlineData("11")] // CONNECT with a flag
    [InlineData("36")] // PUBLISH with QoS 3
    [InlineData("38")] // DUP with QoS 0
    [InlineData("60")] // PUBREL without 0010
    [InlineData("80")] // SUBSCRIBE without 0010
    [InlineData("A0")] // UNSUBSCRIBE without 0010
    [InlineData("C1")] // PINGREQ with a flag
    [InlineData("C0FFFFFF80")] // a length of five bytes
    public void A_fixed_header_that_breaks_a_rule_is_malformed_at_once(string hex)
    {
        var status = MqttFrame.Read(Convert.FromHexString(hex), 1_000, out _, out _, out var reason);
        Assert.Equal((OperationStatus.InvalidData, MqttReasonCode.MalformedPacket), (status, reason));
    }
}
