using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Gateway;

internal static partial class GatewayLog
{
    [LoggerMessage(2000, LogLevel.Information, "MQTT listening on {EndPoint}")]
    public static partial void Listening(this ILogger logger, IPEndPoint? endPoint);

    [LoggerMessage(2001, LogLevel.Debug, "Client {ClientId} connected from {RemoteEndPoint} with MQTT {Version}")]
    public static partial void ClientConnected(this ILogger logger, string clientId, EndPoint? remoteEndPoint, string version);

    [LoggerMessage(2002, LogLevel.Debug, "Client {ClientId} at {RemoteEndPoint} is gone: {Reason}")]
    public static partial void ClientGone(this ILogger logger, string clientId, EndPoint? remoteEndPoint, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Connection of {ClientId} at {RemoteEndPoint} closed: {Reason}")]
    public static partial void ConnectionRefused(this ILogger logger, string clientId, EndPoint? remoteEndPoint, string reason);

    [LoggerMessage(2004, LogLevel.Error, "Connection of {ClientId} at {RemoteEndPoint} ended by a fault of the gateway")]
    public static partial void ConnectionFaulted(this ILogger logger, Exception fault, string clientId, EndPoint? remoteEndPoint);

    [LoggerMessage(2005, LogLevel.Information, "MQTT over {Transport} listening on {EndPoint}")]
    public static partial void ListeningOver(this ILogger logger, string transport, IPEndPoint? endPoint);

    [LoggerMessage(2006, LogLevel.Information, "New connections get the new certificate of {Subject}, valid until {NotAfter:u}")]
    public static partial void CertificateLoaded(this ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(2007, LogLevel.Error, "The new certificate files cannot be used, the old ones remain: {Fault}")]
    public static partial void CertificateBroken(this ILogger logger, string fault);

    // One for every message while a store is down: its owner reports that, so this is for a close look only.
    [LoggerMessage(2010, LogLevel.Debug, "A reading of {DeviceId} was not acknowledged: its twin is unavailable")]
    public static partial void TwinUnavailable(this ILogger logger, Exception fault, string deviceId);

    [LoggerMessage(2012, LogLevel.Error, "A reading of {DeviceId} was not acknowledged: its twin failed")]
    public static partial void TwinFaulted(this ILogger logger, Exception fault, string deviceId);

    [LoggerMessage(2011, LogLevel.Warning, "The session of {DeviceId} could not be recorded: {Reason}")]
    public static partial void SessionNotRecorded(this ILogger logger, Exception fault, string deviceId, string reason);

    [LoggerMessage(2020, LogLevel.Warning, "No room for another retained message: {Count} topics hold {Bytes} bytes. Raise Gateway:RetainedMessages or Gateway:RetainedBytes")]
    public static partial void RetainedFull(this ILogger logger, int count, long bytes);

    // One line for many: see ConnectionGate.
    [LoggerMessage(2060, LogLevel.Warning, "{Count} connections closed before their CONNECT was read: {Reason}, the last from {RemoteEndPoint}")]
    public static partial void ConnectionsRefused(this ILogger logger, int count, string reason, EndPoint? remoteEndPoint);

    [LoggerMessage(2030, LogLevel.Information, "Messages are exchanged with gateway {Peer}")]
    public static partial void PeerJoined(this ILogger logger, string peer);

    [LoggerMessage(2031, LogLevel.Information, "Gateway {Peer} is gone")]
    public static partial void PeerLeft(this ILogger logger, string peer);

    [LoggerMessage(2032, LogLevel.Warning, "Gateway {Peer} does not take messages; they wait for it within Gateway:PeerQueueBytes")]
    public static partial void PeerUnreachable(this ILogger logger, Exception? cause, string peer);

    [LoggerMessage(2033, LogLevel.Information, "Gateway {Peer} takes messages again")]
    public static partial void PeerReachable(this ILogger logger, string peer);

    [LoggerMessage(2034, LogLevel.Error, "Sending to gateway {Peer} failed by a fault of this gateway")]
    public static partial void PeerFaulted(this ILogger logger, Exception fault, string peer);

    [LoggerMessage(2035, LogLevel.Warning, "Messages for gateway {Peer} are dropped: {Bytes} bytes wait for it. See orleansiot_mqtt_relay_dropped, and Gateway:PeerQueueBytes")]
    public static partial void RelayFull(this ILogger logger, string peer, long bytes);

    [LoggerMessage(2036, LogLevel.Error, "Gateway {Peer} sent {Bytes} bytes that are no batch of this release")]
    public static partial void PeerMalformed(this ILogger logger, string peer, int bytes);

    [LoggerMessage(2040, LogLevel.Error, "MQTT sessions and retained messages cannot be stored; what is owed to them is not acknowledged until they can")]
    public static partial void JournalFailing(this ILogger logger, Exception fault);

    [LoggerMessage(2041, LogLevel.Information, "MQTT sessions and retained messages are stored again")]
    public static partial void JournalWorksAgain(this ILogger logger);

    [LoggerMessage(2042, LogLevel.Warning, "The gateway stopped before {Changes} changes to MQTT sessions were stored")]
    public static partial void JournalCutShort(this ILogger logger, long changes);

    [LoggerMessage(2043, LogLevel.Error, "What waited for a stored session failed by a fault of the gateway")]
    public static partial void JournalWaiterFaulted(this ILogger logger, Exception fault);

    [LoggerMessage(2044, LogLevel.Information, "{Sessions} MQTT sessions and {Retained} retained messages taken up from the store")]
    public static partial void SessionsRestored(this ILogger logger, int sessions, int retained);

    [LoggerMessage(2045, LogLevel.Warning, "No room for another MQTT session: {Count} are kept, and new ones end with their connection. Raise Gateway:MaxSessions")]
    public static partial void SessionsFull(this ILogger logger, int count);

    [LoggerMessage(2046, LogLevel.Error, "The will of {ClientId} was not published by a fault of the gateway")]
    public static partial void WillFaulted(this ILogger logger, Exception fault, string clientId);
}
