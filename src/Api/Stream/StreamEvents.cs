using OrleansIot.Application.Fleet;
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

/// <summary>Event <c>outage</c>: many devices went offline together, more of them did, or they are back. Each has its own <c>status</c> too.</summary>
/// <param name="Text">For people: <c>137 devices went offline within 3 s (connection lost)</c>.</param>
/// <param name="Since">When the first of them went; the same in all events of one outage.</param>
/// <param name="Until">When the last of them went.</param>
/// <param name="Count">How many went.</param>
/// <param name="Back">How many of them are there again.</param>
/// <param name="Online">How many were online before.</param>
/// <param name="Reason">The reason that most of them have.</param>
/// <param name="DeviceIds">The first ten of them.</param>
/// <param name="BackAt">Null while it lasts; it is over when nine of ten are back.</param>
public sealed record OutageEvent(
    string Text, Instant Since, Instant Until, int Count, int Back, int Online, string Reason, IReadOnlyList<string> DeviceIds, Instant? BackAt)
{
    public static OutageEvent Of(FleetOutage outage) => new(
        outage.Text, outage.Since, outage.Until, outage.Count, outage.Back, outage.Of, outage.Reason, [.. outage.Sample.Select(device => device.Value)], outage.BackAt);
}

/// <summary>Event <c>missed</c>: the reader was too slow, and so many events before the next one are lost to it.</summary>
public sealed record MissedEvent(long Count);
