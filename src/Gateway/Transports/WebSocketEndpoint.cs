using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Transports;

/// <summary>All that the WebSocket listeners serve: <c>/mqtt</c> with the sub-protocol <c>mqtt</c>.</summary>
internal sealed class WebSocketEndpoint : IHttpApplication<HttpContext>
{
    public const string Path = "/mqtt";
    public const string SubProtocol = "mqtt";

    // A client that answers a close does so in this time; the socket of another is cut.
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly MqttConnectionHandler _mqtt;
    private readonly GatewayParts _gateway;
    private readonly WebSocketMiddleware _upgrade;
    private readonly long _maxReadBufferBytes;

    public WebSocketEndpoint(MqttConnectionHandler mqtt, GatewayParts gateway, long maxReadBufferBytes, ILoggerFactory loggers)
    {
        (_mqtt, _gateway, _maxReadBufferBytes) = (mqtt, gateway, maxReadBufferBytes);

        // No pings of its own: MQTT's keep-alive finds out who is gone.
        _upgrade = new WebSocketMiddleware(Serve, Options.Create(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero }), loggers);
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => _upgrade.Invoke(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private async Task Serve(HttpContext request)
    {
        if (Refusal(request) is { } refusal)
        {
            request.Response.StatusCode = refusal.Status;
            request.Response.Headers.Connection = "close";
            await request.Response.WriteAsync(refusal.Reason);
            _gateway.Logger.ConnectionRefused("", Remote(request), refusal.Reason);
            return;
        }

        // [MQTT-6.0.0-4]
        using var socket = await request.WebSockets.AcceptWebSocketAsync(SubProtocol);
        var transport = new WebSocketTransport(socket, _maxReadBufferBytes, request.RequestAborted);
        var receiving = transport.Receive();
        await _mqtt.OnConnectedAsync(new WebSocketConnectionContext(request, transport));

        if (transport.IsViolated)
        {
            _gateway.Metrics.ProtocolError(MqttReasonCode.ProtocolError);
            _gateway.Logger.ConnectionRefused("", Remote(request), "a WebSocket frame that is not binary");
        }

        await End(request, Task.WhenAll(transport.SayClose(), receiving));
    }

    private async Task End(HttpContext request, Task closing)
    {
        try
        {
            await closing.WaitAsync(CloseGrace, _gateway.Time);
        }
        catch (TimeoutException)
        {
            request.Abort();
            await closing;
        }
    }

    private (int Status, string Reason)? Refusal(HttpContext request)
    {
        if (request.Request.Path != Path)
            return (StatusCodes.Status404NotFound, "MQTT is at /mqtt.");
        if (!request.WebSockets.IsWebSocketRequest)
            return (StatusCodes.Status426UpgradeRequired, "MQTT is spoken over WebSocket here.");

        // [MQTT-6.0.0-3]
        if (!request.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol))
            return (StatusCodes.Status400BadRequest, "The WebSocket sub-protocol has to be 'mqtt'.");

        // Without a key only this machine may connect. A page of another site in a browser on it is not this machine.
        return _gateway.Access.AdmitsOthers || WebSocketOrigin.IsLocal(request.Request.Headers)
            ? null
            : (StatusCodes.Status403Forbidden, $"Without an access key ({AccessKey.Setting}) only this machine and its pages may connect.");
    }

    private static IPEndPoint? Remote(HttpContext request) =>
        request.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, request.Connection.RemotePort) : null;
}
