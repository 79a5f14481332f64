namespace OrleansIot.Mqtt.Sessions;

/// <summary>What a delivery is waiting for, and so what is sent again after a reconnect (4.3, 4.4).</summary>
public enum DeliveryStep
{
    /// <summary>PUBLISH with QoS 1 was sent.</summary>
    AwaitingPubAck,

    /// <summary>PUBLISH with QoS 2 was sent.</summary>
    AwaitingPubRec,

    /// <summary>PUBREL was sent; the message itself is the receiver's now.</summary>
    AwaitingPubComp,
}
