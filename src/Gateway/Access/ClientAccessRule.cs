using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway.Access;

/// <summary>Settings that are right by themselves and not together.</summary>
internal sealed class ClientAccessRule(IConfiguration configuration) : IValidateOptions<ClientAccessOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientAccessOptions options)
    {
        List<string> faults = [];
        if (!Enum.IsDefined(options.Anonymous))
            faults.Add("Gateway:Access:Anonymous has to be LoopbackOnly or Never.");
        if (!Enum.IsDefined(options.OnRefusedPublish))
            faults.Add("Gateway:Access:OnRefusedPublish has to be Acknowledge or Disconnect.");
        if (options.TrustCertificatesOfCa && !AsksForCertificates())
            faults.Add("Gateway:Access:TrustCertificatesOfCa is set, but no listener asks clients for certificates: set Gateway:Tls:ClientCertificates to Optional or Required.");

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    // Of the configuration: the gateway's own options tell their own faults, once.
    private bool AsksForCertificates() =>
        Listener.All(configuration.GetSection(MqttGatewayOptions.Section).Get<MqttGatewayOptions>() ?? new())
            .Any(listener => listener.Tls is { ClientCertificates: not ClientCertificates.None });
}
