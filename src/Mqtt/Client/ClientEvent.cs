using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>What happens to one connection, as its loop hears of it.</summary>
internal abstract record ClientEvent
{
    private ClientEvent()
    {
    }

    public sealed record Received(MqttMessage Message, ushort PacketId) : ClientEvent;

    public sealed record Acknowledged(MqttPacketType Type, ushort PacketId, MqttReasonCode Reason) : ClientEvent;

    /// <summary>SUBACK or UNSUBACK; this client sends one filter per packet.</summary>
    public sealed record Answered(ushort PacketId, MqttReasonCode Reason) : ClientEvent;

    public sealed record Handled(Arrival Arrival) : ClientEvent;

    public sealed record Pong : ClientEvent;

    public sealed record Tick : ClientEvent;

    /// <summary>The connection is over; <paramref name="Says"/> is what a last DISCONNECT should tell the server.</summary>
    public sealed record Ended(MqttClosure Closure, MqttReasonCode? Says = null) : ClientEvent;
}

/// <summary>A received message on its way through its handlers; the ticket is its place among the acknowledgements.</summary>
internal readonly record struct Arrival(MqttMessage Message, ushort PacketId, long Ticket);
