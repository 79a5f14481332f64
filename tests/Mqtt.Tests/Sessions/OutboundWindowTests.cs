using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Mqtt.Tests.Sessions;

public sealed class OutboundWindowTests
{
    private readonly PacketIdAllocator _ids = new();
    private readonly OutboundWindow<string> _window;

    public OutboundWindowTests()
    {
        _window = new OutboundWindow<string>(_ids);
        _window.Connect(3);
    }

    [Fact]
    public void The_window_is_full_at_the_receive_maximum_and_an_ack_makes_room()
    {
        var first = Open("a");
        Open("b");
        Open("c");
        Assert.False(_window.HasRoom);
        Assert.False(_window.TryOpen(MqttQoS.AtLeastOnce, "d", out _));

        Assert.Equal(AckOutcome.Finished, Acknowledge(MqttPacketType.PubAck, first, out var message));
        Assert.Equal("a", message);
        Assert.True(_window.HasRoom);
    }

    [Fact]
    public void QoS_2_goes_through_PUBREL_and_gives_its_room_back_at_the_end()
    {
        var id = Open("a", MqttQoS.ExactlyOnce);
        Assert.Equal(AckOutcome.Unexpected, Acknowledge(MqttPacketType.PubAck, id, out _));
        Assert.Equal(AckOutcome.SendPubRel, Acknowledge(MqttPacketType.PubRec, id, out _));
        Assert.Equal(1, _window.Count);
        Assert.Equal(AckOutcome.Finished, Acknowledge(MqttPacketType.PubComp, id, out _));
        Assert.Equal((0, 0), (_window.Count, _ids.Count));
    }

    [Fact]
    public void A_second_PUBREC_is_answered_as_the_first_was()
    {
        var id = Open("a", MqttQoS.ExactlyOnce);
        Assert.Equal(AckOutcome.SendPubRel, Acknowledge(MqttPacketType.PubRec, id, out _));
        Assert.Equal(AckOutcome.SendPubRel, Acknowledge(MqttPacketType.PubRec, id, out _));
        Assert.Equal(AckOutcome.Finished, Acknowledge(MqttPacketType.PubComp, id, out _));
    }

    [Fact]
    public void What_an_earlier_run_left_is_sent_again_under_its_identifier_which_nobody_else_gets()
    {
        Assert.True(_window.TryRestore(2, DeliveryStep.AwaitingPubComp, "old"));
        Assert.False(_window.TryRestore(2, DeliveryStep.AwaitingPubRec, "other"));
        _window.Connect(3);
        Assert.Equal([new Delivery<string>(2, DeliveryStep.AwaitingPubComp, "old")], Resend());
        Assert.Equal([1, 3], new[] { (int)Open("a"), Open("b") });
    }

    [Fact]
    public void A_delivery_that_did_not_go_out_is_forgotten_and_gives_its_room_back()
    {
        var id = Open("a", MqttQoS.ExactlyOnce);
        Open("b");
        Open("c");
        Assert.True(_window.Forget(id, out var message));
        Assert.Equal("a", message);
        Assert.False(_window.Forget(id, out _));
        Assert.True(_window.HasRoom);
    }

    [Fact]
    public void A_PUBREC_that_reports_failure_ends_the_delivery()
    {
        var id = Open("a", MqttQoS.ExactlyOnce);
        Assert.Equal(
            AckOutcome.Finished, _window.Acknowledge(MqttPacketType.PubRec, id, MqttReasonCode.QuotaExceeded, out _));
    }

    [Fact]
    public void After_a_reconnect_what_is_unfinished_goes_first_in_its_old_order_under_its_old_identifier()
    {
        var a = Open("a");
        var b = Open("b", MqttQoS.ExactlyOnce);
        var c = Open("c");
        Acknowledge(MqttPacketType.PubRec, b, out _);
        Acknowledge(MqttPacketType.PubAck, a, out _);
        var d = Open("d");

        _window.Connect(2);
        Assert.False(_window.HasRoom);
        Assert.Equal(AckOutcome.Unexpected, Acknowledge(MqttPacketType.PubAck, c, out _));
        Assert.Equal(
            [new(b, DeliveryStep.AwaitingPubComp, "b"), new Delivery<string>(c, DeliveryStep.AwaitingPubAck, "c")], Resend());

        Acknowledge(MqttPacketType.PubComp, b, out _);
        Assert.Equal([new Delivery<string>(d, DeliveryStep.AwaitingPubAck, "d")], Resend());
        Acknowledge(MqttPacketType.PubAck, c, out _);
        Assert.True(_window.HasRoom);
    }

    [Fact]
    public void An_abandoned_window_returns_its_messages_and_identifiers()
    {
        Open("a");
        Open("b");
        Assert.Equal(["a", "b"], _window.Abandon());
        Assert.Equal((0, 0), (_window.Count, _ids.Count));
    }

    private ushort Open(string message, MqttQoS qos = MqttQoS.AtLeastOnce)
    {
        Assert.True(_window.TryOpen(qos, message, out var packetId));
        return packetId;
    }

    private AckOutcome Acknowledge(MqttPacketType type, ushort packetId, out string? message) =>
        _window.Acknowledge(type, packetId, MqttReasonCode.Success, out message);

    private List<Delivery<string>> Resend()
    {
        var deliveries = new List<Delivery<string>>();
        while (_window.TryResend(out var delivery))
            deliveries.Add(delivery);
        return deliveries;
    }
}
