using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansIot.Gateway.Transports;

/// <summary>An upgraded request as the connection that it has become; its features are those of the socket (TLS, the server's stop).</summary>
internal sealed class WebSocketConnectionContext(HttpContext request, IDuplexPipe transport) : ConnectionContext
{
    public override string ConnectionId { get; set; } = request.Connection.Id;

    public override IFeatureCollection Features => request.Features;

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; } = transport;

    public override CancellationToken ConnectionClosed { get; set; } = request.RequestAborted;

    public override EndPoint? RemoteEndPoint { get; set; } =
        request.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, request.Connection.RemotePort) : null;

    public override void Abort(ConnectionAbortedException abortReason) => request.Abort();
}
