using OrleansIot.Domain.Devices.Types.Expressions;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>A metric that is computed from others as readings arrive.</summary>
/// <param name="Text">The expression as it was written.</param>
/// <exception cref="FormatException"><paramref name="Text"/> is no expression.</exception>
public sealed record DerivedMetric(MetricName Name, string Text, string? Unit = null, string? Description = null)
{
    public Expression Expression { get; } = Expression.Parse(Text);
}
