namespace OrleansIot.Gateway.Telemetry;

/// <summary>What became of a message that came from elsewhere than a client's connection.</summary>
internal enum InboundOutcome
{
    /// <summary>It is durable, or with whoever is subscribed.</summary>
    Taken,

    /// <summary>It cannot be taken, now or later; the refusal has been counted and remembered.</summary>
    Refused,

    /// <summary>Nobody knows whether it was stored: it has to come again.</summary>
    Unavailable,
}
