using System.Text;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Tests.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>What is published while there is no connection.</summary>
public sealed class OfflineQueueTests
{
    private readonly ScriptedServer _server = new();
    private readonly ManualTime _time = new();
    private readonly Channel<MqttConnectionChange> _changes = Channel.CreateUnbounded<MqttConnectionChange>();

    [Fact]
    public async Task What_was_published_before_the_first_connection_goes_out_in_order()
    {
        await using var client = Start(new());
        Task[] publishing = [Publish(client, "1"), Publish(client, "2"), Publish(client, "3")];
        var connection = await _server.Welcome();
        foreach (var expected in new[] { "1", "2", "3" })
        {
            var publish = await connection.ExpectPublish();
            Assert.Equal(expected, publish.Payload);
            await connection.Ack(MqttPacketType.PubAck, publish.PacketId);
        }

        await Task.WhenAll(publishing).Within("all PUBACKs");
        await connection.Cut();
    }

    [Fact]
    public async Task Refuse_fails_the_newest_at_once_and_keeps_the_others()
    {
        await using var client = Start(new() { MaxMessages = 2, WhenFull = MqttQueueFullMode.Refuse });
        _ = Publish(client, "1");
        _ = Publish(client, "2");
        Assert.Equal(MqttNotSent.QueueFull, await NotSent(Publish(client, "3")));

        await Goes("1", "2");
    }

    [Fact]
    public async Task DropOldest_fails_the_oldest_and_keeps_the_newest()
    {
        await using var client = Start(new() { MaxMessages = 2, WhenFull = MqttQueueFullMode.DropOldest });
        var oldest = Publish(client, "1");
        _ = Publish(client, "2");
        _ = Publish(client, "3");
        Assert.Equal(MqttNotSent.Dropped, await NotSent(oldest));

        await Goes("2", "3");
    }

    [Fact]
    public async Task Wait_holds_the_caller_until_there_is_room_and_a_cancelled_one_is_forgotten()
    {
        await using var client = Start(new() { MaxMessages = 1 });
        using var cancelling = new CancellationTokenSource();
        _ = Publish(client, "1");
        var cancelled = client.Publish(Message("2"), cancelling.Token);
        _ = Publish(client, "3");
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("the end of the cancelled call"));

        await Goes("1", "3");
    }

    [Fact]
    public async Task Bytes_are_bounded_too()
    {
        await using var client = Start(new() { MaxBytes = 100, WhenFull = MqttQueueFullMode.DropOldest });
        Assert.Equal(MqttNotSent.QueueFull, await NotSent(Publish(client, new string('x', 101))));
        var oldest = Publish(client, new string('1', 60));
        _ = Publish(client, new string('2', 60));
        Assert.Equal(MqttNotSent.Dropped, await NotSent(oldest));

        await Goes(new string('2', 60));
    }

    [Fact]
    public async Task QoS_0_is_kept_only_by_option()
    {
        await using var forgetful = Start(new());
        Assert.Equal(MqttNotSent.NotConnected, await NotSent(forgetful.Publish(Message("0", MqttQoS.AtMostOnce))));
        await (await _server.Accept()).Cut();

        await using var client = Start(new() { KeepsQoS0 = true });
        _ = client.Publish(Message("0", MqttQoS.AtMostOnce));
        await Goes("0");
    }

    [Fact]
    public async Task A_message_that_expired_meanwhile_is_not_sent_and_another_says_what_is_left()
    {
        await using var client = Start(new());
        var over = client.Publish(Message("over") with { Expiry = TimeSpan.FromSeconds(5) });
        _ = client.Publish(Message("good") with { Expiry = TimeSpan.FromSeconds(60) });
        var first = await _server.Accept();
        _time.Advance(TimeSpan.FromSeconds(5));
        await first.Expect(MqttPacketType.Connect);
        await first.Send(Wire.Encode(new ConnAckPacket(), MqttVersion.V5));

        var bytes = await first.Expect(MqttPacketType.Publish);
        Assert.True(PublishPacket.TryRead(Wire.Frame(bytes), MqttVersion.V5, out var packet, out _));
        Assert.True(packet.Properties.TryGetNumber(MqttPropertyId.MessageExpiryInterval, out var left));
        Assert.Equal(("good", 55u), (Encoding.UTF8.GetString(packet.Payload), left));
        Assert.Equal(MqttNotSent.Expired, await NotSent(over));
        await first.Cut();
    }

    [Fact]
    public async Task What_an_expired_message_took_is_room_again()
    {
        await using var client = Start(new() { MaxMessages = 1, WhenFull = MqttQueueFullMode.Refuse });
        var over = client.Publish(Message("over") with { Expiry = TimeSpan.FromSeconds(5) });
        _time.Advance(TimeSpan.FromSeconds(5));
        _ = Publish(client, "good");
        Assert.Equal(MqttNotSent.Expired, await NotSent(over));
        await Goes("good");
    }

    [Fact]
    public async Task A_refusal_that_waiting_does_not_mend_is_told_and_not_soon_tried_again()
    {
        await using var client = Start(new());
        var connection = await _server.Accept();
        await connection.Expect(MqttPacketType.Connect);
        await connection.Send(Wire.Encode(new ConnAckPacket { ReasonCode = MqttReasonCode.BadUserNameOrPassword }, MqttVersion.V5));

        var refused = Assert.IsType<MqttConnectionChange.Refused>(await _changes.Reader.ReadAsync().AsTask().Within("the refusal"));
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, refused.Cause.ReasonCode);
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(5));
    }

    private MqttClient Start(MqttQueueOptions queue) => MqttClient.Start(new MqttClientOptions
    {
        Dial = _server.Dial,
        TimeProvider = _time,
        Queue = queue,
        Reconnect = new MqttReconnectOptions(),
        DisconnectTimeout = TimeSpan.Zero,
        ConnectionChanged = change => _changes.Writer.TryWrite(change),
    });

    /// <summary>Lets the client connect and expects these messages, and nothing else before the last one's PUBACK.</summary>
    private async Task Goes(params string[] payloads)
    {
        var connection = await _server.Welcome();
        foreach (var expected in payloads)
        {
            var publish = await connection.ExpectPublish();
            Assert.Equal(expected, publish.Payload);
            if (publish.PacketId != 0)
                await connection.Ack(MqttPacketType.PubAck, publish.PacketId);
        }

        await connection.Cut();
    }

    private static async Task<MqttNotSent> NotSent(Task publishing) =>
        (await Assert.ThrowsAsync<MqttNotSentException>(() => publishing.Within("a publish that fails"))).Reason;

    private static MqttMessage Message(string payload, MqttQoS qos = MqttQoS.AtLeastOnce) =>
        new() { Topic = "t", Payload = Encoding.UTF8.GetBytes(payload), QoS = qos };

    private static Task<MqttReasonCode> Publish(MqttClient client, string payload) => client.Publish(Message(payload));
}
