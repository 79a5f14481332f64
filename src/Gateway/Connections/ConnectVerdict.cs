using OrleansIot.Application.Access;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>Whether a client is let in, and if not, why. Who it is and what it may do is for <see cref="Access.AccessGate"/>.</summary>
internal readonly record struct ConnectVerdict(MqttReasonCode Code, string Reason)
{
    public bool IsRefusal => Code != MqttReasonCode.Success;

    public static ConnectVerdict On(ConnectRequest request)
    {
        if (request.WantsOtherAuthentication)
            return new(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not available; connect without an authentication method");

        if (AccessNames.ProblemOfClientId(request.ClientId) is { } problem)
            return new(MqttReasonCode.ClientIdentifierNotValid, $"the client identifier {problem}");

        return default;
    }
}
