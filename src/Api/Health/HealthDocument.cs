namespace OrleansIot.Api.Health;

/// <summary>Whether the host can do its work.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>: the worst of the checks.</param>
public sealed record HealthDocument(string Status, IReadOnlyDictionary<string, HealthCheckDocument> Checks);

/// <param name="Description">Why, for people.</param>
public sealed record HealthCheckDocument(string Status, string? Description, double Milliseconds);
