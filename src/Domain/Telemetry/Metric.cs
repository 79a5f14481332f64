namespace OrleansIot.Domain.Telemetry;

/// <summary>A metric as it was reported.</summary>
public readonly record struct Metric(MetricName Name, MetricValue Value);
