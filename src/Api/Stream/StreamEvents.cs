using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Stream;

/// <summary>Event <c>reading</c>: a reading arrived.</summary>
/// <param name="Version">The device's, after this and perhaps after later events that became durable together with it.</param>
/// <param name="At">When the device measured it (its clock).</param>
/// <param name="ReceivedAt">When it arrived (our clock).</param>
public sealed record ReadingEvent(string DeviceId, long Version, Instant At, Instant ReceivedAt, IReadOnlyDictionary<string, MetricValue> Metrics);

/// <summary>Event <c>status</c>: a device came, went, or was put into maintenance.</summary>
public sealed record StatusEvent(string DeviceId, long Version, string Status, string Reason, Instant Since, Instant? LastSeen);

/// <summary>Event <c>device</c>: a device was described anew.</summary>
public sealed record DescribedEvent(string DeviceId, long Version, string? Name, string? Type, string? Location, IReadOnlyList<string> Tags);

/// <summary>Event <c>missed</c>: the reader was too slow, and so many events before the next one are lost to it.</summary>
public sealed record MissedEvent(long Count);
