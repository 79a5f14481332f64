namespace OrleansIot.Mqtt.Sessions;

/// <summary>What an acknowledgement did to a delivery.</summary>
public enum AckOutcome
{
    /// <summary>No delivery was waiting for it.</summary>
    Unexpected,

    /// <summary>QoS 2 goes on: send PUBREL (4.3.3).</summary>
    SendPubRel,

    /// <summary>The delivery is over and its identifier is free.</summary>
    Finished,
}
