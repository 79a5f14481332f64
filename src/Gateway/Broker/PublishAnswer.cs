using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>What PUBACK tells the publisher. In 3.1.1 it can say nothing but that the message need not be sent again.</summary>
internal readonly record struct PublishAnswer(MqttReasonCode Code, string? Reason = null)
{
    public static readonly PublishAnswer Success;

    // [MQTT-3.4.2.1] 0x10
    public static readonly PublishAnswer NobodySubscribed = new(MqttReasonCode.NoMatchingSubscribers);

    public static readonly PublishAnswer NotAuthorized =
        new(MqttReasonCode.NotAuthorized, "topic.not-authorized: the policies of this client do not allow to publish here.");

    public static readonly PublishAnswer ReservedTopic =
        new(MqttReasonCode.NotAuthorized, "topic.reserved: topics below $SYS, $aws and $share are the server's own; publish to another topic.");

    // AWS IoT refuses it too: a request would be asked again of whoever subscribes.
    public static readonly PublishAnswer RetainedRequest =
        new(MqttReasonCode.NotAuthorized, "topic.not-retained: a request to a shadow cannot be retained; publish it without RETAIN.");

    public static readonly PublishAnswer RetainedFull =
        new(MqttReasonCode.QuotaExceeded, "retained.full: delivered, but there is no room to retain it.");

    public static readonly PublishAnswer SessionUnavailable =
        new(MqttReasonCode.UnspecifiedError, "session.unavailable: the message could not be stored for those it is owed to; send it again.");

    public static readonly PublishAnswer TwinUnavailable =
        new(MqttReasonCode.UnspecifiedError, "twin.unavailable: the reading could not be stored; send it again.");

    public bool IsRefusal => Code >= MqttReasonCode.UnspecifiedError;

    /// <summary>The message has to come again: a client of 3.1.1, which cannot be told, must not get its acknowledgement.</summary>
    public bool IsNotStored => Code == MqttReasonCode.UnspecifiedError && (this == TwinUnavailable || this == SessionUnavailable);
}
