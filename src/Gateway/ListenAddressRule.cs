using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway;

/// <summary>Only this machine may connect until there is a key that clients have to give.</summary>
internal sealed class ListenAddressRule(AccessKey access) : IValidateOptions<MqttGatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, MqttGatewayOptions options)
    {
        if (!ListenAddress.TryParse(options.Host, out var address))
            return ValidateOptionsResult.Fail($"Gateway:Host is '{options.Host}'; set an IP address, 'localhost', or '*' for all addresses.");

        return IPAddress.IsLoopback(address) || access.IsConfigured
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Gateway:Host is '{options.Host}', which other machines can reach, but there is no access key: " +
                $"set {AccessKey.Setting} (MQTT clients then give it as their password), or set Gateway:Host to 127.0.0.1.");
    }
}
