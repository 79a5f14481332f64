using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Presence;

/// <summary>Why a connection ended, in the words that AWS IoT Core has for it.</summary>
internal static class DisconnectReason
{
    public const string ByClient = "CLIENT_INITIATED_DISCONNECT";

    // By the code that the client is told, so that a new reason of ours has its word too.
    public static string Of(CloseReason reason) => reason.Code switch
    {
        null when reason == CloseReason.Disconnected || reason == CloseReason.DisconnectedWithWill => ByClient,
        null => "CONNECTION_LOST",
        MqttReasonCode.KeepAliveTimeout => "MQTT_KEEP_ALIVE_TIMEOUT",
        MqttReasonCode.SessionTakenOver => "DUPLICATE_CLIENTID",
        MqttReasonCode.ServerShuttingDown or MqttReasonCode.ServerBusy or MqttReasonCode.ServerMoved or MqttReasonCode.UseAnotherServer => "SERVER_INITIATED_DISCONNECT",
        MqttReasonCode.AdministrativeAction => "API_INITIATED_DISCONNECT",
        MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.Banned => "AUTH_ERROR",
        MqttReasonCode.MaximumConnectTime => "CUSTOMAUTH_TTL_EXPIRATION",
        MqttReasonCode.NotAuthorized => "FORBIDDEN_ACCESS",
        MqttReasonCode.QuotaExceeded or MqttReasonCode.MessageRateTooHigh or MqttReasonCode.ConnectionRateExceeded => "THROTTLED",
        _ => reason.IsClientsFault ? "CLIENT_ERROR" : "SERVER_ERROR",
    };
}
