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

    // [MQTT-2.1.3-1] (3.1.1: [MQTT-2.2.2-1], [MQTT-2.2.2-2]), [MQTT-3.3.1-2], [MQTT-3.3.1-4], [MQTT-3.6.1-1], [MQTT-3.8.1-1],
    // [MQTT-3.10.1-1], [MQTT-3.14.1-1], [MQTT-3.15.1-1]
    [Fact]
    public void Of_the_256_first_bytes_a_packet_may_have_those_that_table_2_2_lists()
    {
        // PUBLISH without the copy of what is sent once, and without QoS 3; of all others one byte each.
        byte[] allowed = [0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3A, 0x3B, 0x3C, 0x3D, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xA2, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0];
        for (var header = 0; header <= byte.MaxValue; header++)
        {
            var status = MqttFrame.Read([(byte)header, 0], 1_000, out _, out _, out var reason);
            var isAllowed = allowed.Contains((byte)header);
            Assert.Equal(isAllowed ? (OperationStatus.Done, MqttReasonCode.Success) : (OperationStatus.InvalidData, MqttReasonCode.MalformedPacket), (status, reason));
        }
    }

    // [MQTT-2.2.1-3] (3.1.1: [MQTT-2.3.1-1])
    [Theory]
    [InlineData(0x32, "0001610000")]
    [InlineData(0x34, "0001610000")]
    [InlineData(0x40, "0000")]
    [InlineData(0x50, "0000")]
    [InlineData(0x62, "0000")]
    [InlineData(0x70, "0000")]
    [InlineData(0x82, "00000000016100")]
    [InlineData(0x90, "00000000")]
    [InlineData(0xA2, "000000000161")]
    [InlineData(0xB0, "00000000")]
    public void A_packet_identifier_is_not_zero(byte header, string body)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            Assert.False(Transcoder.TryRead(Wire.Frame(Wire.Raw(header, Convert.FromHexString(body))), version, out var reason));
            Assert.Equal(MqttReasonCode.ProtocolError, reason);
        }
    }

    // [MQTT-2.2.1-2] (3.1.1: [MQTT-2.3.1-5])
    [Fact]
    public void What_follows_the_topic_of_a_message_of_QoS_0_is_no_packet_identifier()
    {
        Assert.True(PublishPacket.TryRead(Wire.Frame([0x30, 5, 0, 1, (byte)'t', 0, 7]), MqttVersion.V311, out var packet, out _));
        Assert.Equal(0, packet.PacketId);
        Assert.Equal([0, 7], packet.Payload.ToArray());
    }

    // 3.12, 3.13; 3.1.1, 3.14: no body.
    [Theory]
    [InlineData(0xC0, MqttVersion.V311)]
    [InlineData(0xC0, MqttVersion.V5)]
    [InlineData(0xD0, MqttVersion.V5)]
    [InlineData(0xE0, MqttVersion.V311)]
    public void A_packet_that_has_no_body_is_malformed_with_one(byte header, MqttVersion version)
    {
        Assert.False(Transcoder.TryRead(Wire.Frame([header, 1, 0]), version, out var reason));
        Assert.Equal(MqttReasonCode.MalformedPacket, reason);
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
