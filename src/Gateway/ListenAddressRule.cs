using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>
/// Only this machine may connect until there is a key that clients have to give. Each listener has a port of its own, and what
/// TLS needs is there.
/// </summary>
internal sealed class ListenAddressRule(AccessKey access, IConfiguration configuration) : IValidateOptions<MqttGatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, MqttGatewayOptions options)
    {
        List<string> faults = [.. Unreadable()];
        List<(string Setting, IPAddress Address, int Port)> listeners = [];
        foreach (var (setting, transport, host, port, _) in Listener.All(options))
        {
            if (!Enum.IsDefined(transport))
                faults.Add($"{setting}:Transport has to be {string.Join(", ", Enum.GetNames<GatewayTransport>())}.");
            if (port is null)
                faults.Add($"{setting}:Port is not set: set 0 for any free one, or up to 65535.");
            if (port is < 0 or > 65_535 && setting != MqttGatewayOptions.Section)
                faults.Add($"{setting}:Port is {port}: set 0 for any free one, or up to 65535.");

            if (!ListenAddress.TryParse(host, out var address))
                faults.Add($"{setting}:Host is '{host}': set an IP address, 'localhost', or '*' for all addresses.");
            else if (!IPAddress.IsLoopback(address) && !access.AdmitsOthers)
                faults.Add($"{setting}:Host is '{host}', which other machines can reach, but there is no access key: " +
                    $"set {AccessKey.Setting} (MQTT clients then give it as their password), or set {setting}:Host to 127.0.0.1, " +
                    "or Gateway:Access:Anonymous to Never (each client then needs credentials of its own).");
            else
                listeners.Add((setting, address, port ?? 0));
        }

        for (var later = 1; later < listeners.Count; later++)
        {
            foreach (var earlier in listeners.Take(later).Where(earlier => Clash(earlier, listeners[later])))
                faults.Add($"{listeners[later].Setting}:Port and {earlier.Setting}:Port are both {earlier.Port}: give each listener a port of its own.");
        }

        faults.AddRange(TlsFaults(options));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    // What is in a list and cannot be read is left out by the binder, without a word.
    private IEnumerable<string> Unreadable()
    {
        foreach (var listener in configuration.GetSection(Listener.Section).GetChildren())
        {
            string? fault = null;
            try
            {
                listener.Get<GatewayListenerOptions>();
            }
            catch (InvalidOperationException unreadable)
            {
                fault = unreadable.Message;
            }

            if (fault is not null)
                yield return fault;
        }
    }

    private static bool Clash((string Setting, IPAddress Address, int Port) one, (string Setting, IPAddress Address, int Port) other) =>
        one.Port != 0 && one.Port == other.Port
        && (one.Address.Equals(other.Address) || IsAny(one.Address) || IsAny(other.Address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<string> TlsFaults(MqttGatewayOptions options)
    {
        var setups = Listener.All(options).Where(listener => listener.Tls is not null).ToList();
        if (setups.Count == 0)
            yield break;

        if (options.Tls.ReloadInterval < TimeSpan.FromMilliseconds(100) || options.Tls.ReloadInterval > TimeSpan.FromDays(1))
            yield return $"Gateway:Tls:ReloadInterval is {options.Tls.ReloadInterval}: set 00:00:00.1 to 1.00:00:00.";
        foreach (var (setting, setup) in setups.Select(listener => (listener.Setting, listener.Tls!)).DistinctBy(listener => listener.Item2))
        {
            if (!Enum.IsDefined(setup.ClientCertificates))
                yield return $"{(setting.StartsWith(Listener.Section, StringComparison.Ordinal) ? setting : "Gateway:Tls")}:ClientCertificates has to be None, Optional or Required.";
            if (setup.Passphrase is not null && setup.KeyPassphrase.Path is not null)
                yield return $"{setup.KeyPassphrase.Name} is set, and the passphrase itself too: set one of them.";
            if (TlsMaterial.Load(TlsFiles.Read(setup), setup).Fault is { } fault)
                yield return fault;
        }
    }
}
