using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Access;

/// <summary>Why a client that was let in has to go.</summary>
internal static class AccessCloseReason
{
    /// <summary>What was shown at the door is worth nothing any more. The will of whoever showed it is not published either.</summary>
    public static readonly CloseReason CredentialRevoked = new("its credential was revoked, changed or removed", MqttReasonCode.AdministrativeAction, DiscardsWill: true);

    public static readonly CloseReason TokenExpired = new("its token has expired", MqttReasonCode.MaximumConnectTime);

    public static readonly CloseReason NoLongerAllowed = new("its policies do not allow it to be connected any more", MqttReasonCode.NotAuthorized, DiscardsWill: true);

    public static readonly CloseReason PublishRefused = new("it published what its policies do not allow", MqttReasonCode.NotAuthorized);
}
