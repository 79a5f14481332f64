namespace OrleansIot.Domain.Telemetry;

/// <summary>What a metric can be.</summary>
public enum MetricKind : byte
{
    Number = 0,
    Boolean = 1,
    Text = 2,
}
