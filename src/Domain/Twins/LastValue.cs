using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>The newest value of one metric, and when the device measured it (<see cref="Reading.Moment"/>).</summary>
public readonly record struct LastValue(MetricName Metric, MetricValue Value, Instant At);
