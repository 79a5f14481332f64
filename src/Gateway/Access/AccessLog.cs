using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Gateway.Access;

internal static partial class AccessLog
{
    [LoggerMessage(2050, LogLevel.Information, "Client {ClientId} ({Principal}) at {RemoteEndPoint} was refused {Request}: {Decision}. What else it is refused is told at level Debug")]
    public static partial void FirstRefused(this ILogger logger, string clientId, string principal, EndPoint? remoteEndPoint, string request, string decision);

    [LoggerMessage(2051, LogLevel.Debug, "Client {ClientId} ({Principal}) was refused {Request}: {Decision}")]
    public static partial void Refused(this ILogger logger, string clientId, string principal, string request, string decision);

    [LoggerMessage(2052, LogLevel.Information, "Client {ClientId} ({Principal}) at {RemoteEndPoint} has to go: {Reason}")]
    public static partial void Revoked(this ILogger logger, string clientId, string principal, EndPoint? remoteEndPoint, string reason);

    [LoggerMessage(2053, LogLevel.Information, "Access: {Policies} policies, {Users} users, {Certificates} certificates and {Tokens} tokens from {Path}")]
    public static partial void Loaded(this ILogger logger, int policies, int users, int certificates, int tokens, string path);

    [LoggerMessage(2054, LogLevel.Error, "Access: {Path} cannot be used, what was in force remains: {Faults}")]
    public static partial void NotLoaded(this ILogger logger, string path, string faults);

    [LoggerMessage(2055, LogLevel.Debug, "Connection of {ClientId} at {RemoteEndPoint} closed: {Reason}")]
    public static partial void OneOfManyRefused(this ILogger logger, string clientId, EndPoint? remoteEndPoint, string reason);

    [LoggerMessage(2056, LogLevel.Warning, "Connections are refused faster than {PerSecond} a second; the others are told at level Debug, and counted in orleansiot_mqtt_refused_connects")]
    public static partial void ManyRefused(this ILogger logger, int perSecond);
}
