using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace OrleansIot.Gateway;

/// <summary>Understands <see cref="MqttGatewayOptions.Host"/>.</summary>
internal static class ListenAddress
{
    public static bool TryParse(string? host, [NotNullWhen(true)] out IPAddress? address)
    {
        address = host switch
        {
            "*" => IPAddress.IPv6Any, // which stands for all addresses of IPv4 too
            "localhost" => IPAddress.Loopback,
            _ => null,
        };
        return address is not null || IPAddress.TryParse(host, out address);
    }
}
