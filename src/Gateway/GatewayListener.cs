using System.Net;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>A listener of the gateway that listens.</summary>
/// <param name="Setting">The section that says it: <c>Gateway:Listeners:0</c>.</param>
public sealed record GatewayListener(string Setting, GatewayTransport Transport, IPEndPoint Bound);
