using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>What happened to a twin. Stored for good: a change here changes the stored format.</summary>
public abstract record TwinEvent
{
    private TwinEvent(Instant at) => At = at;

    /// <summary>When it happened (our clock).</summary>
    public Instant At { get; }

    public sealed record ReadingRecorded(Reading Reading, MessageKey Key) : TwinEvent(Reading.ReceivedAt)
    {
        /// <summary>Null where the sender does not number its messages.</summary>
        public MessageSequence? Sequence { get; init; }
    }

    /// <summary>The device is there: it connected (<paramref name="Session"/>), or a reading of it came in some other way.</summary>
    public sealed record CameOnline(string Reason, SessionId? Session, Instant When) : TwinEvent(When);

    public sealed record WentOffline(string Reason, Instant When) : TwinEvent(When);

    public sealed record Described(DeviceDescription Description, Instant When) : TwinEvent(When);

    /// <summary>The rule's condition began to hold.</summary>
    public sealed record RulePending(RuleId Rule, Instant When) : TwinEvent(When);

    /// <summary>The rule's condition ceased to hold without an alert being open.</summary>
    public sealed record RuleCleared(RuleId Rule, Instant When) : TwinEvent(When);

    /// <param name="Alert">With status <see cref="AlertStatus.Triggered"/>.</param>
    public sealed record AlertTriggered(Alert Alert, Instant CooldownUntil) : TwinEvent(Alert.TriggeredAt);

    public sealed record AlertAcknowledged(AlertId Alert, string By, Instant When) : TwinEvent(When);

    /// <param name="By">Who, where a person did it.</param>
    public sealed record AlertResolved(AlertId Alert, AlertResolution Resolution, string? By, Instant CooldownUntil, Instant When) : TwinEvent(When);

    /// <param name="Patch">What the request said: the shadow before and this make the shadow after.</param>
    /// <param name="ShadowVersion">After it.</param>
    public sealed record ShadowUpdated(ShadowName Shadow, ShadowPatch Patch, long ShadowVersion, string? ClientToken, string Author, Instant When) : TwinEvent(When);

    /// <param name="ShadowVersion">Of what was deleted.</param>
    public sealed record ShadowDeleted(ShadowName Shadow, long ShadowVersion, string? ClientToken, string Author, Instant When) : TwinEvent(When);

    /// <summary>Somebody works on the device from now on; or says anew why.</summary>
    public sealed record MaintenanceBegan(string Reason, string By, Instant When) : TwinEvent(When);

    public sealed record MaintenanceEnded(string By, Instant When) : TwinEvent(When);
}
