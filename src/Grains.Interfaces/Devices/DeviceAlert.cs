namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>An open alert.</summary>
/// <param name="AlertId"><c>device~rule~occurrence</c>.</param>
/// <param name="RuleName">As it was when the rule fired; likewise severity and condition.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Status"><c>triggered</c> or <c>acknowledged</c>.</param>
/// <param name="Condition">In words: <c>temperature &gt; 70 for 60 s</c>.</param>
/// <param name="Actual">The metric and the value that made it fire.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-alert")]
public sealed record DeviceAlert(
    [property: Id(0)] string AlertId,
    [property: Id(1)] string RuleId,
    [property: Id(2)] string RuleName,
    [property: Id(3)] string Severity,
    [property: Id(4)] string Status,
    [property: Id(5)] string Condition,
    [property: Id(6)] DeviceMetric Actual,
    [property: Id(7)] DateTimeOffset TriggeredAt,
    [property: Id(8)] DateTimeOffset? AcknowledgedAt,
    [property: Id(9)] string? AcknowledgedBy);
