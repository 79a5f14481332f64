using System.Net;
using OrleansIot.DeviceAgent;
using OrleansIot.Gateway;
using OrleansIot.Gateway.Access;

namespace OrleansIot.Hosting.Agent;

/// <summary>This host's own gateway as its agent and its demo fleet reach it. The gateway starts before them, so its port is known.</summary>
internal sealed class LocalBroker(MqttGatewayAddress gateway, LocalKey key)
{
    public BrokerOptions Options()
    {
        var bound = gateway.Bound ?? throw new InvalidOperationException("The gateway is not listening yet: it has to be registered before the agent.");
        var host = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound.Address;
        return new BrokerOptions { Host = host.ToString(), Port = bound.Port, Password = key.Password };
    }
}
