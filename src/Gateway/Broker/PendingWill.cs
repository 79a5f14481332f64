using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Broker;

/// <summary>A will whose connection has ended and whose delay interval has not (3.1.3.2.2).</summary>
internal sealed record PendingWill(WillMessage Will, DateTimeOffset At);
