using Microsoft.Extensions.Logging;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Bridges;

internal static partial class BridgeLog
{
    [LoggerMessage(2080, LogLevel.Information, "Bridge {Bridge} is connected to {Host}:{Port} as {ClientId}")]
    public static partial void BridgeConnected(this ILogger logger, string bridge, string host, int port, string clientId);

    [LoggerMessage(2081, LogLevel.Warning, "Bridge {Bridge} has no connection to {Host}:{Port} and keeps trying: {Reason}")]
    public static partial void BridgeNotConnected(this ILogger logger, string bridge, string host, int port, string reason);

    [LoggerMessage(2082, LogLevel.Error, "Bridge {Bridge} is refused by {Host}:{Port}: {Reason} It tries again only now and then, next in {RetryAfter}; mend {Setting} and restart")]
    public static partial void BridgeRefused(this ILogger logger, string bridge, string host, int port, string reason, TimeSpan? retryAfter, string setting);

    [LoggerMessage(2083, LogLevel.Information, "Bridge {Bridge} is subscribed to {Filter} with QoS {QoS}")]
    public static partial void BridgeSubscribed(this ILogger logger, string bridge, string filter, int qoS);

    [LoggerMessage(2084, LogLevel.Error, "Bridge {Bridge} may not subscribe to {Filter}: {Reason}. Nothing of it comes in; allow it at the outside broker, or mend the filter")]
    public static partial void BridgeFilterRefused(this ILogger logger, string bridge, string filter, MqttReasonCode reason);

    [LoggerMessage(2085, LogLevel.Warning, "Bridge {Bridge} could not store a message of {Topic} and did not acknowledge it: it comes again, next in {RetryAfter}")]
    public static partial void BridgeNotStored(this ILogger logger, string bridge, string topic, TimeSpan? retryAfter);

    [LoggerMessage(2086, LogLevel.Information, "Bridge {Bridge} stores messages again")]
    public static partial void BridgeStoresAgain(this ILogger logger, string bridge);

    [LoggerMessage(2087, LogLevel.Warning, "Bridge {Bridge} leaves out messages of {Topic}: no entry of its topic map matches. Further ones are only counted (orleansiot_bridge_unmapped)")]
    public static partial void BridgeUnmapped(this ILogger logger, string bridge, string topic);

    [LoggerMessage(2088, LogLevel.Warning, "Bridge {Bridge} is not safe: {Reason}")]
    public static partial void BridgeUnsafe(this ILogger logger, string bridge, string reason);

    [LoggerMessage(2089, LogLevel.Error, "Bridge {Bridge} ended by a fault of this gateway")]
    public static partial void BridgeFaulted(this ILogger logger, Exception? fault, string bridge);
}
