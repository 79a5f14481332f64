using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Whether a client is let in, and if not, why.</summary>
internal readonly record struct ConnectVerdict(MqttReasonCode Code, string Reason)
{
    // Longer than anybody's, and short enough for a log line.
    private const int MaxClientIdLength = 256;

    public bool IsRefusal => Code != MqttReasonCode.Success;

    public static ConnectVerdict On(ConnectRequest request, AccessKey access)
    {
        if (request.WantsOtherAuthentication)
            return new(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not available; connect without an authentication method");

        if (request.ClientId.Length > MaxClientIdLength)
            return new(MqttReasonCode.ClientIdentifierNotValid, $"the client identifier is longer than {MaxClientIdLength} characters");

        if (!access.Admits(request.Password))
        {
            return request.Password.Length == 0
                ? new(MqttReasonCode.NotAuthorized, "this server wants its access key as the password")
                : new(MqttReasonCode.BadUserNameOrPassword, "the password is not the access key");
        }

        return default;
    }
}
