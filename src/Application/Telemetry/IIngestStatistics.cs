using System.Collections.Immutable;

namespace OrleansIot.Application.Telemetry;

/// <summary>How fast readings come in, second by second, for the dashboard's overview.</summary>
public interface IIngestStatistics
{
    /// <summary>Readings per second over the last full seconds, oldest first, at most 120.</summary>
    ImmutableArray<double> ReadingsPerSecond { get; }

    /// <summary>99th percentile from a message's arrival to its commit, over the last ten seconds; null with no message.</summary>
    TimeSpan? ReceiveToCommitP99 { get; }

    /// <summary>Payloads that could not be understood, by reason code, newest last; at most 200 over all devices.</summary>
    ImmutableArray<RefusedMessage> RecentRefusals { get; }
}
