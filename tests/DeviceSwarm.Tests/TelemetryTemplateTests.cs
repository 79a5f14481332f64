using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm.Tests;

public sealed class TelemetryTemplateTests
{
    // 2026-11-21T10:11:12.345Z
    private const long Moment = 1_795_255_872_345;

    [Theory]
    [InlineData(MqttVersion.V311, MqttQoS.AtMostOnce)]
    [InlineData(MqttVersion.V311, MqttQoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, MqttQoS.AtMostOnce)]
    [InlineData(MqttVersion.V5, MqttQoS.AtLeastOnce)]
    public void A_written_packet_reads_back_as_the_message(MqttVersion version, MqttQoS qos)
    {
        var options = new SwarmOptions { Protocol = version, QoS = qos, MessageIds = true, RunId = "run", Devices = 20 };
        var (topic, payload, packetId) = Read(options, new SwarmMessage(Device: 17, Sequence: 987_654, Moment), packetId: 513);
        var json = JsonElement.Parse(payload);

        Assert.Equal("dt/devices/swarm-17/telemetry", topic);
        Assert.Equal(qos == MqttQoS.AtMostOnce ? 0 : 513, packetId);
        Assert.Equal("2026-11-21T10:11:12.345Z", json.GetProperty("timestamp").GetString());
        Assert.Equal(options.MessageId(987_654), json.GetProperty("messageId").GetString());
        Assert.Equal(987_654, json.GetProperty("seq").GetInt64());
        foreach (var metric in new[] { "temperature", "humidity", "pressure", "voltage", "vibration" })
            Assert.InRange(json.GetProperty(metric).GetDouble(), 10, 100);

        Assert.Equal(options.PayloadBytes, payload.Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_one_others()
    {
        var message = new SwarmMessage(3, 4, Moment);

        Assert.Equal(Read(new SwarmOptions { Seed = 5 }, message).Payload, Read(new SwarmOptions { Seed = 5 }, message).Payload);
        Assert.NotEqual(Read(new SwarmOptions { Seed = 5 }, message).Payload, Read(new SwarmOptions { Seed = 6 }, message).Payload);
    }

    [Fact]
    public void A_short_message_after_a_long_one_keeps_no_digits_of_it()
    {
        var template = new TelemetryTemplate(new SwarmOptions());
        var buffer = new byte[template.MaxLength];
        template.Write(buffer, new SwarmMessage(999, 9_999_999_999, Moment), 65_535, dup: true, new IsoTimestamps());
        var after = template.Write(buffer, new SwarmMessage(0, 1, Moment), 1, dup: false, new IsoTimestamps());
        var fresh = new byte[template.MaxLength];
        template.Write(fresh, new SwarmMessage(0, 1, Moment), 1, dup: false, new IsoTimestamps());

        Assert.Equal(fresh[..after], buffer[..after]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_234_567_890_123)]
    [InlineData(long.MaxValue)]
    public void A_due_time_reads_back_and_leaves_the_payload_JSON(long dueAt)
    {
        var payload = Read(new SwarmOptions { DueTimes = true, PayloadBytes = 200 }, new SwarmMessage(3, 4, Moment, dueAt)).Payload;

        Assert.Equal((200, dueAt), (payload.Length, JsonElement.Parse(payload).GetProperty("dueAt").GetInt64()));
        Assert.True(TelemetryTemplate.TryReadDueAt(Encoding.ASCII.GetBytes(payload), out var read));
        Assert.Equal(dueAt, read);
    }

    [Fact]
    public void A_payload_without_a_due_time_has_none()
    {
        var payload = Read(new SwarmOptions(), new SwarmMessage(3, 4, Moment, DueAt: 5)).Payload;

        Assert.False(TelemetryTemplate.TryReadDueAt(Encoding.ASCII.GetBytes(payload), out _));
    }

    private static (string Topic, string Payload, int PacketId) Read(SwarmOptions options, SwarmMessage message, ushort packetId = 1)
    {
        var template = new TelemetryTemplate(options);
        var bytes = new byte[template.MaxLength];
        var length = template.Write(bytes, message, packetId, dup: options.QoS != MqttQoS.AtMostOnce, new IsoTimestamps());

        Assert.Equal(OperationStatus.Done, MqttFrame.Read(bytes.AsSpan(0, length), length, out var frame, out var read, out _));
        Assert.Equal(length, read);
        Assert.True(PublishPacket.TryRead(frame, options.Protocol, out var packet, out var reason), $"{reason}");
        Assert.Equal(options.QoS, packet.QoS);
        Assert.Equal(options.QoS != MqttQoS.AtMostOnce, packet.Dup);
        return (Encoding.UTF8.GetString(packet.Topic), Encoding.UTF8.GetString(packet.Payload), packet.PacketId);
    }
}
