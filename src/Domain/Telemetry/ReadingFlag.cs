namespace OrleansIot.Domain.Telemetry;

/// <summary>Something about a reading that its device's type does not allow.</summary>
public readonly record struct ReadingFlag(MetricName Metric, Breach Breach);
