using System.Text;
using System.Threading.Channels;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Tests.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Mqtt.Tests.Client;

/// <summary>What the client does when the other side behaves in ways a real broker seldom shows.</summary>
public sealed class MqttClientTests
{
    private readonly ScriptedServer _server = new();
    private readonly ManualTime _time = new();
    private readonly Channel<MqttConnectionChange> _changes = Channel.CreateUnbounded<MqttConnectionChange>();

    [Fact]
    public async Task A_refusal_is_an_exception_that_carries_the_servers_reason()
    {
        var connecting = MqttClient.Connect(Options());
        var connection = await _server.Accept();
        await connection.Expect(MqttPacketType.Connect);
        await connection.Send(Wire.Encode(new ConnAckPacket { ReasonCode = MqttReasonCode.NotAuthorized }, MqttVersion.V5));

        var refusal = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(ScriptedServer.Patience));
        Assert.Equal(MqttReasonCode.NotAuthorized, refusal.ReasonCode);
        Assert.False(refusal.IsTransient);
    }

    [Fact]
    public async Task A_server_that_only_knows_3_1_1_refuses_in_its_own_form()
    {
        var connecting = MqttClient.Connect(Options());
        var connection = await _server.Accept();
        await connection.Expect(MqttPacketType.Connect);
        await connection.Send([0x20, 2, 0, 1]);

        var refusal = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(ScriptedServer.Patience));
        Assert.Equal(MqttReasonCode.UnsupportedProtocolVersion, refusal.ReasonCode);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_timeout()
    {
        var connecting = MqttClient.Connect(Options());
        await (await _server.Accept()).Expect(MqttPacketType.Connect);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(ScriptedServer.Patience));
    }

    [Fact]
    public async Task Publishes_wait_at_the_servers_receive_maximum_and_go_out_in_order()
    {
        var (client, connection) = await Connect(Options(), Wire.Properties(o => MqttProperties.Append(o, MqttPropertyId.ReceiveMaximum, 2)));
        Task[] publishing = [Publish(client, "1"), Publish(client, "2"), Publish(client, "3")];
        var first = await connection.ExpectPublish();
        var second = await connection.ExpectPublish();
        Assert.Equal(("1", "2"), (first.Payload, second.Payload));

        await connection.Ack(MqttPacketType.PubAck, second.PacketId);
        var third = await connection.ExpectPublish();
        Assert.Equal("3", third.Payload);
        await connection.Ack(MqttPacketType.PubAck, third.PacketId);
        await connection.Ack(MqttPacketType.PubAck, first.PacketId);
        await Task.WhenAll(publishing).WaitAsync(ScriptedServer.Patience);
    }

    [Fact]
    public async Task A_refused_message_fails_its_own_call_alone()
    {
        var (client, connection) = await Connect(Options());
        var refused = Publish(client, "no");
        var accepted = Publish(client, "yes");
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId, MqttReasonCode.QuotaExceeded);
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);

        var refusal = await Assert.ThrowsAsync<MqttRefusedException>(() => refused.WaitAsync(ScriptedServer.Patience));
        Assert.Equal(MqttReasonCode.QuotaExceeded, refusal.ReasonCode);
        Assert.Equal(MqttReasonCode.Success, await accepted);
    }

    [Theory]
    [InlineData(MqttReasonCode.UnspecifiedError, true)]
    [InlineData(MqttReasonCode.QuotaExceeded, true)]
    [InlineData(MqttReasonCode.NotAuthorized, false)]
    [InlineData(MqttReasonCode.PayloadFormatInvalid, false)]
    public async Task A_refusal_knows_whether_the_same_message_may_be_taken_later(MqttReasonCode reason, bool isTransient)
    {
        var (client, connection) = await Connect(Options());
        var refused = Publish(client, "no");
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId, reason);

        Assert.Equal(isTransient, (await Assert.ThrowsAsync<MqttRefusedException>(() => refused.WaitAsync(ScriptedServer.Patience))).IsTransient);
    }

    [Fact]
    public async Task Without_reconnecting_a_lost_connection_fails_what_was_not_acknowledged()
    {
        var (client, connection) = await Connect(Options());
        var publishing = Publish(client, "1");
        await connection.ExpectPublish();
        await connection.Cut();

        await Assert.ThrowsAsync<MqttConnectionLostException>(() => publishing.WaitAsync(ScriptedServer.Patience));
        Assert.False((await client.Closed).IsClean);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Publish(client, "2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_reconnect_unacknowledged_messages_come_again_with_DUP_and_before_newer_ones(bool sessionPresent)
    {
        var (client, connection) = await Connect(Options(reconnects: true));
        Task[] publishing = [Publish(client, "1"), Publish(client, "2"), Publish(client, "3")];
        var first = await connection.ExpectPublish();
        var second = await connection.ExpectPublish();
        var third = await connection.ExpectPublish();
        await connection.Ack(MqttPacketType.PubAck, second.PacketId);
        await publishing[1].WaitAsync(ScriptedServer.Patience);
        await connection.Cut();
        await Reconnecting();
        var fourth = Publish(client, "4");

        connection = await _server.Welcome(sessionPresent);
        Assert.Equal(("1", first.PacketId, true), await connection.ExpectPublish());
        Assert.Equal(("3", third.PacketId, true), await connection.ExpectPublish());
        var newer = await connection.ExpectPublish();
        Assert.Equal(("4", false), (newer.Payload, newer.Dup));
        foreach (var packetId in (ushort[])[first.PacketId, third.PacketId, newer.PacketId])
            await connection.Ack(MqttPacketType.PubAck, packetId);
        await Task.WhenAll([.. publishing, fourth]).WaitAsync(ScriptedServer.Patience);
    }

    [Fact]
    public async Task When_asked_not_to_resend_a_lost_connection_fails_the_calls_and_the_client_comes_back()
    {
        var (client, connection) = await Connect(Options(reconnects: true, resends: false));
        var lost = Publish(client, "1");
        await connection.ExpectPublish();
        await connection.Cut();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => lost.WaitAsync(ScriptedServer.Patience));

        await Reconnecting();
        connection = await _server.Welcome();
        var next = Publish(client, "2");
        var publish = await connection.ExpectPublish();
        Assert.Equal(("2", false), (publish.Payload, publish.Dup));
        await connection.Ack(MqttPacketType.PubAck, publish.PacketId);
        await next.WaitAsync(ScriptedServer.Patience);
    }

    [Fact]
    public async Task Subscriptions_are_renewed_where_the_server_forgot_them_and_only_there()
    {
        var (client, connection) = await Connect(Options(reconnects: true));
        var subscribing = client.Subscribe("a/+", MqttQoS.AtLeastOnce, (_, _) => default);
        await connection.GrantSubscribe();
        Assert.Equal(MqttQoS.AtLeastOnce, await subscribing.WaitAsync(ScriptedServer.Patience));

        await connection.Cut();
        await Reconnecting();
        connection = await _server.Welcome(sessionPresent: false);
        await connection.GrantSubscribe();

        await connection.Cut();
        await Reconnecting();
        connection = await _server.Welcome(sessionPresent: true);
        _ = Publish(client, "1");
        await connection.ExpectPublish(); // and no SUBSCRIBE before it
    }

    [Fact]
    public async Task An_unanswered_subscribe_is_asked_again_on_the_next_connection()
    {
        var (client, connection) = await Connect(Options(reconnects: true));
        var subscribing = client.Subscribe("a/+", MqttQoS.AtLeastOnce, (_, _) => default);
        await connection.Expect(MqttPacketType.Subscribe);
        await connection.Cut();
        await Reconnecting();
        connection = await _server.Welcome(sessionPresent: true);
        await connection.GrantSubscribe();
        await subscribing.WaitAsync(ScriptedServer.Patience);
    }

    [Fact]
    public async Task A_message_is_acknowledged_when_its_handler_has_returned()
    {
        var (client, connection) = await Connect(Options());
        var handled = new TaskCompletionSource();
        var arrived = new TaskCompletionSource<string>();
        await Subscribe(client, connection, async (message, _) =>
        {
            arrived.TrySetResult(Encoding.UTF8.GetString(message.Payload.Span));
            await handled.Task;
        });
        await connection.Send(Message("x", 7));
        Assert.Equal("x", await arrived.Task.WaitAsync(ScriptedServer.Patience));

        // Were the ack on its way already, it would come before this publish.
        _ = Publish(client, "not yet");
        await connection.ExpectPublish();
        handled.SetResult();
        Assert.Equal([0x40, 2, 0, 7], await connection.Expect(MqttPacketType.PubAck));
    }

    [Fact]
    public async Task A_handler_may_wait_for_its_own_publish()
    {
        var (client, connection) = await Connect(Options());
        await Subscribe(client, connection, async (_, _) => await Publish(client, "answer"));
        await connection.Send(Message("question", 7));
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);
        await connection.Expect(MqttPacketType.PubAck);
    }

    [Fact]
    public async Task A_QoS_2_message_is_handled_once_though_it_comes_twice()
    {
        var (client, connection) = await Connect(Options());
        var count = 0;
        await Subscribe(client, connection, (_, _) =>
        {
            count++;
            return default;
        });
        for (var copy = 0; copy < 2; copy++)
        {
            await connection.Send(Message("x", 7, MqttQoS.ExactlyOnce));
            await connection.Expect(MqttPacketType.PubRec);
        }

        await connection.Ack(MqttPacketType.PubRel, 7);
        await connection.Expect(MqttPacketType.PubComp);
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_handler_that_throws_ends_the_connection_and_says_so()
    {
        var (client, connection) = await Connect(Options());
        await Subscribe(client, connection, (_, _) => throw new InvalidOperationException("poison"));
        await connection.Send(Message("x", 7));

        Assert.Equal([0xE0, 1, 0x83], await connection.Expect(MqttPacketType.Disconnect));
        Assert.Equal("poison", (await client.Closed.WaitAsync(ScriptedServer.Patience)).Cause?.Message);
    }

    [Fact]
    public async Task A_server_that_breaks_the_protocol_is_told_the_reason()
    {
        var (client, connection) = await Connect(Options());
        await connection.Send(Wire.Raw(0x30, 0, 1, (byte)'#', 0));
        Assert.Equal([0xE0, 1, (byte)MqttReasonCode.TopicNameInvalid], await connection.Expect(MqttPacketType.Disconnect));
        Assert.Equal(MqttReasonCode.TopicNameInvalid, (await client.Closed.WaitAsync(ScriptedServer.Patience)).Reason);
    }

    [Fact]
    public async Task A_server_that_disconnects_says_why()
    {
        var (client, connection) = await Connect(Options());
        await connection.Send(Wire.Encode(new DisconnectPacket { ReasonCode = MqttReasonCode.SessionTakenOver }, MqttVersion.V5));
        Assert.Equal(new MqttClosure(false, MqttReasonCode.SessionTakenOver), await client.Closed.WaitAsync(ScriptedServer.Patience));
    }

    [Fact]
    public async Task What_the_server_ruled_out_is_refused_without_asking_it()
    {
        var (client, _) = await Connect(Options(), Wire.Properties(o =>
        {
            MqttProperties.Append(o, MqttPropertyId.MaximumQoS, 1);
            MqttProperties.Append(o, MqttPropertyId.RetainAvailable, 0);
            MqttProperties.Append(o, MqttPropertyId.MaximumPacketSize, 100);
        }));
        await Refused(new MqttMessage { Topic = "t", QoS = MqttQoS.ExactlyOnce }, MqttReasonCode.QoSNotSupported);
        await Refused(new MqttMessage { Topic = "t", Retain = true }, MqttReasonCode.RetainNotSupported);
        await Refused(new MqttMessage { Topic = "t", Payload = new byte[100] }, MqttReasonCode.PacketTooLarge);

        async Task Refused(MqttMessage message, MqttReasonCode expected)
        {
            var refusal = await Assert.ThrowsAsync<MqttRefusedException>(() => client.Publish(message).WaitAsync(ScriptedServer.Patience));
            Assert.Equal(expected, refusal.ReasonCode);
        }
    }

    [Fact]
    public async Task Messages_of_QoS_0_beyond_the_queue_are_dropped_and_acknowledgements_still_heard()
    {
        var (client, connection) = await Connect(Options());
        var release = new TaskCompletionSource();
        var seen = Channel.CreateUnbounded<string>();
        await Subscribe(client, connection, async (message, _) =>
        {
            await release.Task;
            seen.Writer.TryWrite(Encoding.UTF8.GetString(message.Payload.Span));
        });
        for (var n = 0; n < 2_000; n++)
            await connection.Send(Message("flood", 0, MqttQoS.AtMostOnce));
        await connection.Send(Message("last", 7));
        var publishing = Publish(client, "1");
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);
        await publishing.WaitAsync(ScriptedServer.Patience);

        release.SetResult();
        await connection.Expect(MqttPacketType.PubAck);
        Assert.InRange(seen.Reader.Count, 1_000, 1_100);
    }

    [Fact]
    public async Task A_server_that_exceeds_the_receive_maximum_is_left_when_it_exceeds_the_memory_that_was_promised()
    {
        var connecting = MqttClient.Connect(new MqttClientOptions { Dial = _server.Dial, ReceiveMaximum = 2, MaxPacketBytes = 1_000 });
        var connection = await _server.Welcome();
        var client = await connecting.WaitAsync(ScriptedServer.Patience);
        var release = new TaskCompletionSource();
        await Subscribe(client, connection, async (_, _) => await release.Task);

        for (ushort id = 1; id <= 3; id++)
            await connection.Send(Message("small", id));
        release.SetResult();
        for (var id = 1; id <= 3; id++)
            Assert.Equal([0x40, 2, 0, (byte)id], await connection.Expect(MqttPacketType.PubAck));

        release = new TaskCompletionSource();
        for (ushort id = 4; id <= 6; id++)
            await connection.Send(Message(new string('x', 900), id));
        Assert.Equal([0xE0, 1, (byte)MqttReasonCode.ReceiveMaximumExceeded], await connection.Expect(MqttPacketType.Disconnect));
    }

    [Fact]
    public async Task A_silent_server_is_pinged_and_left_when_it_does_not_answer()
    {
        var (client, connection) = await Connect(Options());
        var publishing = Publish(client, "1");
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);
        await publishing.WaitAsync(ScriptedServer.Patience);

        _time.Advance(TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        await connection.Expect(MqttPacketType.PingReq);
        await connection.Send(Wire.Encode(PingPacket.Response, MqttVersion.V5));
        publishing = Publish(client, "2");
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);
        await publishing.WaitAsync(ScriptedServer.Patience);

        _time.Advance(TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        await connection.Expect(MqttPacketType.PingReq);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<TimeoutException>((await client.Closed.WaitAsync(ScriptedServer.Patience)).Cause);
    }

    [Fact]
    public async Task A_clean_disconnect_sends_what_was_queued_first()
    {
        var (client, connection) = await Connect(Options());
        _ = client.Publish(new MqttMessage { Topic = "t", QoS = MqttQoS.AtMostOnce });
        var leaving = client.Disconnect();
        await connection.ExpectPublish();
        Assert.Equal([0xE0, 0], await connection.Expect(MqttPacketType.Disconnect));
        await connection.Cut();
        await leaving.WaitAsync(ScriptedServer.Patience);
        Assert.True((await client.Closed).IsClean);
    }

    [Fact]
    public async Task A_client_that_only_starts_keeps_trying()
    {
        var client = MqttClient.Start(Options(reconnects: true));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await (await _server.Accept()).Cut();
            await Reconnecting();
        }

        var publishing = Publish(client, "1");
        var connection = await _server.Welcome();
        await connection.Ack(MqttPacketType.PubAck, (await connection.ExpectPublish()).PacketId);
        await publishing.WaitAsync(ScriptedServer.Patience);
    }

    private static Task<MqttReasonCode> Publish(MqttClient client, string payload) =>
        client.Publish(new MqttMessage { Topic = "t", Payload = Encoding.UTF8.GetBytes(payload) });

    private static byte[] Message(string payload, ushort packetId, MqttQoS qos = MqttQoS.AtLeastOnce) => Wire.Encode(
        new PublishPacket { Topic = "in"u8, Payload = Encoding.UTF8.GetBytes(payload), QoS = qos, PacketId = packetId }, MqttVersion.V5);

    private static async Task Subscribe(MqttClient client, ServerSide connection, MqttMessageHandler handler)
    {
        var subscribing = client.Subscribe("in", MqttQoS.ExactlyOnce, handler);
        await connection.GrantSubscribe();
        await subscribing.WaitAsync(ScriptedServer.Patience);
    }

    private async Task<(MqttClient Client, ServerSide Connection)> Connect(MqttClientOptions options, byte[]? limits = null)
    {
        var connecting = MqttClient.Connect(options);
        var connection = await _server.Welcome(properties: limits);
        return (await connecting.WaitAsync(ScriptedServer.Patience), connection);
    }

    /// <summary>Waits until the client has noticed, and lets the time to its next attempt pass.</summary>
    private async Task Reconnecting()
    {
        while (true)
        {
            var retryAfter = await _changes.Reader.ReadAsync().AsTask().WaitAsync(ScriptedServer.Patience) switch
            {
                MqttConnectionChange.Closed closed => closed.RetryAfter,
                MqttConnectionChange.Refused refused => refused.RetryAfter,
                _ => null,
            };
            if (retryAfter is { } delay)
            {
                _time.Advance(delay);
                return;
            }
        }
    }

    private MqttClientOptions Options(bool reconnects = false, bool resends = true) => new()
    {
        Dial = _server.Dial,
        TimeProvider = _time,
        ConnectionChanged = change => _changes.Writer.TryWrite(change),
        Reconnect = reconnects ? new MqttReconnectOptions { ResendUnacknowledged = resends } : null,
    };
}
