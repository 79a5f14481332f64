using System.Net;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>One listener as it is configured, in whichever form.</summary>
/// <param name="Setting">The section that says it.</param>
/// <param name="Tls">Null without TLS.</param>
internal sealed record Listener(string Setting, GatewayTransport Transport, string Host, int? Port, TlsSetup? Tls)
{
    /// <summary>Of the list.</summary>
    public const string Section = "Gateway:Listeners";

    /// <summary>All of them: first those of the single settings, then the list.</summary>
    public static IReadOnlyList<Listener> All(MqttGatewayOptions options)
    {
        var common = TlsSetup.Of(options.Tls);
        var all = new List<Listener> { new(MqttGatewayOptions.Section, GatewayTransport.Tcp, options.Host, options.Port, null) };
        Add("Gateway:Tls", GatewayTransport.Tls, options.Tls);
        Add("Gateway:WebSocket", GatewayTransport.WebSocket, options.WebSocket);
        Add("Gateway:SecureWebSocket", GatewayTransport.SecureWebSocket, options.SecureWebSocket);
        foreach (var (name, listener) in options.Listeners)
        {
            var setting = $"{Section}:{name}";
            all.Add(new(setting, listener.Transport, listener.Host, listener.Port, listener.Transport.UsesTls() ? TlsSetup.Of(listener, setting, options.Tls) : null));
        }

        return all;

        void Add(string setting, GatewayTransport transport, ListenerOptions listener)
        {
            if (listener.Port is not null)
                all.Add(new(setting, transport, listener.Host, listener.Port, transport.UsesTls() ? common : null));
        }
    }

    /// <summary>Whether this is what the operating system was asked for.</summary>
    public bool IsAt(EndPoint endPoint) =>
        endPoint is IPEndPoint at && at.Port == Port && ListenAddress.TryParse(Host, out var address)
        && (at.Address.Equals(address) || (address.Equals(IPAddress.IPv6Any) && at.Address.Equals(IPAddress.Any)));
}
