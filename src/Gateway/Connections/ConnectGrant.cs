namespace OrleansIot.Gateway.Connections;

/// <summary>What CONNACK tells a client of its own connection.</summary>
/// <param name="SessionExpiry">In seconds, where it is not what the client asked for.</param>
/// <param name="KeepAlive">In seconds, where it is not what the client asked for ([MQTT-3.2.2-21]).</param>
/// <param name="ClientId">Where the client had none ([MQTT-3.2.2-16]).</param>
/// <param name="MayShare">Whether there are shared subscriptions.</param>
internal readonly record struct ConnectGrant(bool IsSessionPresent, uint? SessionExpiry, uint? KeepAlive, string? ClientId, bool MayShare);
