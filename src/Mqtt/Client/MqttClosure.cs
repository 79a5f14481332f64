using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>How a connection ended.</summary>
/// <param name="IsClean">True when this client asked for it.</param>
/// <param name="Reason">What a DISCONNECT said, in either direction; <see cref="MqttReasonCode.UnspecifiedError"/> when there was none.</param>
/// <param name="Cause">The failure behind it, if there was one.</param>
public sealed record MqttClosure(bool IsClean, MqttReasonCode Reason, Exception? Cause = null)
{
    internal static readonly MqttClosure Clean = new(true, MqttReasonCode.Success);

    /// <summary>The server no longer had this client's session.</summary>
    internal static readonly MqttClosure Forgotten = new(false, MqttReasonCode.PacketIdentifierNotFound);

    internal static MqttClosure Lost(Exception cause) => new(false, MqttReasonCode.UnspecifiedError, cause);
}
