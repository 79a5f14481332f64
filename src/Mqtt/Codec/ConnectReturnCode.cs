namespace OrleansIot.Mqtt.Codec;

/// <summary>Translates between the reason codes of 5.0 and the six CONNACK return codes of 3.1.1 (3.1.1, 3.2.2.3).</summary>
public static class ConnectReturnCode
{
    /// <summary>
    /// The return code of 3.1.1, or null when none fits; then the server closes the connection
    /// without a CONNACK (3.1.1 [MQTT-3.2.2-6]).
    /// </summary>
    public static byte? FromReason(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.ServerShuttingDown
            or MqttReasonCode.QuotaExceeded or MqttReasonCode.ConnectionRateExceeded
            or MqttReasonCode.UseAnotherServer or MqttReasonCode.ServerMoved => 3,
        MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.BadAuthenticationMethod => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned => 5,
        _ => null,
    };

    /// <summary>The reason code that says what a return code of 3.1.1 says; false for the reserved values 6-255.</summary>
    public static bool TryToReason(byte returnCode, out MqttReasonCode reason)
    {
        reason = returnCode switch
        {
            0 => MqttReasonCode.Success,
            1 => MqttReasonCode.UnsupportedProtocolVersion,
            2 => MqttReasonCode.ClientIdentifierNotValid,
            3 => MqttReasonCode.ServerUnavailable,
            4 => MqttReasonCode.BadUserNameOrPassword,
            5 => MqttReasonCode.NotAuthorized,
            _ => MqttReasonCode.ProtocolError,
        };
        return returnCode <= 5;
    }
}
