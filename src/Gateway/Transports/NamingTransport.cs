using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansIot.Gateway.Transports;

/// <summary>Listens on sockets, and tells by its setting which address cannot be had: what Kestrel throws names the address alone.</summary>
internal sealed class NamingTransport(IConnectionListenerFactory sockets, IReadOnlyList<Listener> listeners) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await sockets.BindAsync(endpoint, cancellationToken);
        }
        catch (AddressInUseException taken)
        {
            throw Refused(endpoint, "is taken by another program", taken);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AccessDenied)
        {
            throw Refused(endpoint, "may not be listened on", fault);
        }

        // Of all addresses, Kestrel tries those of IPv4 next.
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressNotAvailable && !IsAny(endpoint))
        {
            throw Refused(endpoint, "is not an address of this machine", fault);
        }
    }

    private static bool IsAny(EndPoint endpoint) => endpoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any);

    private ListenRefusedException Refused(EndPoint endpoint, string what, Exception cause)
    {
        var setting = listeners.FirstOrDefault(listener => listener.IsAt(endpoint))?.Setting ?? MqttGatewayOptions.Section;
        return new($"{endpoint} {what}: choose another with {setting}:Port or {setting}:Host.", cause);
    }
}
