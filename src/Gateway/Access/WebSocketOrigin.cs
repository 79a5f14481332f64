using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansIot.Gateway.Access;

/// <summary>Where a WebSocket was opened from: a page of another site in a browser on this machine is not this machine.</summary>
internal static class WebSocketOrigin
{
    /// <param name="headers">Of the request; none for a connection that is no WebSocket.</param>
    public static bool IsLocal(IHeaderDictionary? headers) =>
        headers is null
        || (IsLocalName(HostString.FromUriComponent(headers[HeaderNames.Host].ToString()).Host) && IsLocalOrigin(headers[HeaderNames.Origin]));

    private static bool IsLocalOrigin(string? origin) =>
        string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var site) && IsLocalName(site.IdnHost));

    private static bool IsLocalName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
