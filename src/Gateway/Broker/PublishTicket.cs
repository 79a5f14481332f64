using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>Told when what it waits for is stored, or is not going to be. On the journal's thread.</summary>
internal interface ICommitted
{
    void Committed(bool isStored);
}

/// <summary>Waits in the name of a publisher, where its message has to be stored before it is acknowledged.</summary>
internal interface IPublishOrigin
{
    /// <summary>Called at most once for each message, and only where there is something to wait for.</summary>
    /// <param name="answer">What the publisher is told once it is stored.</param>
    ICommitted Await(in PublishTicket ticket, PublishAnswer answer);
}

/// <summary>The acknowledgement that a message waits for.</summary>
/// <param name="Origin">Null where nobody waits: QoS 0, a will, a message from a peer.</param>
/// <param name="Ticket">Of the acknowledgement.</param>
/// <param name="Received">Of a QoS 2 message of a session that is stored: stored in one step with what it causes.</param>
internal readonly record struct PublishTicket(
    IPublishOrigin? Origin, MqttQoS QoS = MqttQoS.AtMostOnce, ushort PacketId = 0, long Ticket = 0, SessionChange.Received? Received = null);
