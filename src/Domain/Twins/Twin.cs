using System.Collections.Immutable;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>What is believed of one device: a fold of its events.</summary>
public sealed record Twin(DeviceId Device)
{
    /// <summary>More than any real device has; a bound for one that invents a name with each message.</summary>
    public const int MaxMetrics = 1_000;

    /// <summary>Number of events folded; 0 for a device never heard of.</summary>
    public long Version { get; init; }

    public DeviceDescription Description { get; init; } = DeviceDescription.None;

    /// <summary>Online or offline, as it really is, in maintenance too.</summary>
    public DeviceStatus Connectivity { get; init; }

    public string ConnectivityReason { get; init; } = "";

    public Instant ConnectivitySince { get; init; }

    /// <summary>Null where it is not worked on.</summary>
    public Maintenance? Maintenance { get; init; }

    /// <summary>What is shown, and what rules see: maintenance while it lasts, else the connectivity.</summary>
    public DeviceStatus Status => Maintenance is null ? Connectivity : DeviceStatus.Maintenance;

    /// <summary>Why the status is what it is, for people.</summary>
    public string StatusReason => Maintenance?.Reason ?? ConnectivityReason;

    public Instant StatusSince => Maintenance?.Since ?? ConnectivitySince;

    /// <summary>The device's own connection, where one is open.</summary>
    public SessionId? Session { get; init; }

    /// <summary>When the last reading arrived (our clock).</summary>
    public Instant? LastSeen { get; init; }

    /// <summary>Before this moment silence is not held against the device: after a restart it has had no chance to speak.</summary>
    public Instant GraceUntil { get; init; }

    public LastValues Readings { get; init; } = LastValues.None;

    /// <summary>What about the newest values the device's type does not allow; of each metric what its newest reading says.</summary>
    public ImmutableArray<ReadingFlag> Flags { get; init; } = [];

    public RecentMessages RecentMessages { get; init; } = RecentMessages.None;

    public RecentSequences Sequences { get; init; } = RecentSequences.None;

    /// <summary>Null until a reading has come that states its own time.</summary>
    public ClockSkew? Clock { get; init; }

    /// <summary>Only rules that are not at rest, in order of id.</summary>
    public ImmutableArray<RuleState> Rules { get; init; } = [];

    /// <summary>Triggered or acknowledged, oldest first; at most one per rule.</summary>
    public ImmutableArray<Alert> OpenAlerts { get; init; } = [];

    /// <summary>In order of their names, the classic one first; and those deleted not long ago.</summary>
    public ImmutableArray<Shadow> Shadows { get; init; } = [];

    public bool Exists => Version > 0;

    public Severity? WorstSeverity => OpenAlerts.IsEmpty ? null : OpenAlerts.Max(alert => alert.Severity);

    /// <summary>Null where there is none, or it was deleted.</summary>
    public Shadow? FindShadow(ShadowName name) => ShadowDecisions.Find(Shadows, name) is { Exists: true } shadow ? shadow : null;

    public RuleState? StateOf(RuleId rule)
    {
        foreach (var state in Rules)
        {
            if (state.Rule == rule)
                return state;
        }

        return null;
    }

    public Alert? FindOpen(AlertId id)
    {
        foreach (var alert in OpenAlerts)
        {
            if (alert.Id == id)
                return alert;
        }

        return null;
    }

    /// <summary>
    /// As it is taken up again by a new owner: connections of the past are gone, and the device gets <paramref name="grace"/> to
    /// come back before its silence counts.
    /// </summary>
    public Twin Recovered(Instant at, TimeSpan grace) => this with { Session = null, GraceUntil = at + grace };

    public bool Equals(Twin? other) =>
        other is not null && Device == other.Device && Version == other.Version && Description == other.Description
        && Connectivity == other.Connectivity && ConnectivityReason == other.ConnectivityReason && ConnectivitySince == other.ConnectivitySince
        && Maintenance == other.Maintenance
        && Session == other.Session && LastSeen == other.LastSeen && GraceUntil == other.GraceUntil && Readings.Equals(other.Readings)
        && RecentMessages.Equals(other.RecentMessages) && Sequences.Equals(other.Sequences) && Clock == other.Clock && Flags.SequenceEqual(other.Flags)
        && Rules.SequenceEqual(other.Rules) && OpenAlerts.SequenceEqual(other.OpenAlerts) && Shadows.SequenceEqual(other.Shadows);

    public override int GetHashCode() => HashCode.Combine(Device, Version);
}
