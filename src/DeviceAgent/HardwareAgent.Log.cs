using Microsoft.Extensions.Logging;

namespace OrleansIot.DeviceAgent;

public sealed partial class HardwareAgent
{
    [LoggerMessage(8001, LogLevel.Information, "Device {DeviceId} publishes to {Topic} on {Host}:{Port} every {Interval}")]
    private static partial void LogStarted(ILogger logger, string deviceId, string topic, string host, int port, TimeSpan interval);

    [LoggerMessage(8002, LogLevel.Information, "Connected; {Waiting} messages wait, {Dropped} were dropped so far")]
    private static partial void LogConnected(ILogger logger, int waiting, long dropped);

    [LoggerMessage(8003, LogLevel.Warning, "No connection to the broker: {Cause} Trying again in {RetryAfter}")]
    private static partial void LogNotConnected(ILogger logger, string cause, TimeSpan? retryAfter);

    [LoggerMessage(8004, LogLevel.Warning, "Connection lost ({Cause}); trying again in {RetryAfter}")]
    private static partial void LogConnectionLost(ILogger logger, string cause, TimeSpan? retryAfter);

    [LoggerMessage(8005, LogLevel.Warning, "The broker did not take a message, which is dropped: {Cause}")]
    private static partial void LogRefused(ILogger logger, string cause);

    [LoggerMessage(8006, LogLevel.Warning, "The buffer of {Capacity} messages is full: the oldest are dropped until the broker takes messages again")]
    private static partial void LogBufferFull(ILogger logger, int capacity);

    [LoggerMessage(8007, LogLevel.Warning, "The broker takes no messages now: {Cause} They are kept; trying again in {Pause}")]
    private static partial void LogNotTaken(ILogger logger, string cause, TimeSpan pause);
}
