using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Why a connection ended.</summary>
/// <param name="Text">For people: it becomes the reason for which a device is offline.</param>
/// <param name="Code">What DISCONNECT tells a client of 5.0; null where there is nobody to tell.</param>
/// <param name="IsClientsFault">The client broke the protocol or a limit.</param>
/// <param name="DiscardsWill">The will is not published ([MQTT-3.1.2-10]).</param>
internal sealed record CloseReason(string Text, MqttReasonCode? Code = null, bool IsClientsFault = false, bool DiscardsWill = false)
{
    public static readonly CloseReason Disconnected = new("disconnected", DiscardsWill: true);

    /// <summary>3.14.2.1, 0x04: the client left, and wants its will published.</summary>
    public static readonly CloseReason DisconnectedWithWill = new("disconnected");

    public static readonly CloseReason ConnectionLost = new("connection lost");

    public static readonly CloseReason KeepAlive = new("keep-alive ran out", MqttReasonCode.KeepAliveTimeout);

    public static readonly CloseReason TakenOver = new("taken over", MqttReasonCode.SessionTakenOver);

    /// <summary>By a connection to another gateway, which has told the twin of itself but not of the end of this one.</summary>
    public static readonly CloseReason TakenOverElsewhere = new("taken over at another gateway", MqttReasonCode.SessionTakenOver);

    /// <summary>3.1.2.5: a server that shuts down need not publish wills, and those who would hear of them go too.</summary>
    public static readonly CloseReason ServerStopping = new("server stopping", MqttReasonCode.ServerShuttingDown, DiscardsWill: true);

    public static readonly CloseReason TooSlow = new("too slow to receive its messages", MqttReasonCode.QuotaExceeded, IsClientsFault: true);

    /// <summary>3.1.1 has no other way to tell a client that a message was not taken.</summary>
    public static readonly CloseReason NotStored = new("a message could not be stored", MqttReasonCode.UnspecifiedError);

    public static readonly CloseReason CertificateRevoked = new("client certificate revoked", MqttReasonCode.NotAuthorized, IsClientsFault: true);

    public static readonly CloseReason Fault = new("fault of the server", MqttReasonCode.UnspecifiedError);

    public static CloseReason ProtocolError(MqttReasonCode code, string what) => new($"protocol error ({code}): {what}", code, IsClientsFault: true);
}
