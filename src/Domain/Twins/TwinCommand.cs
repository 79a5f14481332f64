using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>What can be asked of a twin. Time and identities come with it: deciding looks at no clock.</summary>
public abstract record TwinCommand
{
    private TwinCommand(Instant at) => At = at;

    /// <summary>When the command was given (our clock).</summary>
    public Instant At { get; }

    /// <summary>A reading arrived.</summary>
    /// <param name="Key">Identity of the message; <see cref="MessageKey.None"/> where it has none.</param>
    /// <param name="KeyIsMessageId">The sender named the message itself, so an equal key is a repeat. Otherwise the key is of the
    /// delivery, and an equal key is a repeat only where <paramref name="Redelivered"/> says so.</param>
    /// <param name="Redelivered">The packet carried DUP.</param>
    /// <param name="Session">The connection, where it is the device's own (client id = device id).</param>
    /// <param name="Raw">The message as it came, kept for a look; not stored.</param>
    public sealed record Ingest(Reading Reading, MessageKey Key, bool KeyIsMessageId, bool Redelivered, SessionId? Session, RawMessage? Raw = null)
        : TwinCommand(Reading.ReceivedAt)
    {
        /// <summary>The message's place in its sender's run, where the sender numbers them: one that was seen is a repeat.</summary>
        public MessageSequence? Sequence { get; init; }
    }

    /// <summary>The device's own connection opened. Changes nothing for a device never heard of.</summary>
    public sealed record OpenSession(SessionId Session, Instant When) : TwinCommand(When);

    /// <summary>The device's own connection closed.</summary>
    public sealed record CloseSession(SessionId Session, string Reason, Instant When) : TwinCommand(When);

    /// <param name="Expected">What it was when it was looked at: refused if it is another by now. Null: whatever it is.</param>
    public sealed record Describe(DeviceDescription Description, Instant When, DeviceDescription? Expected = null) : TwinCommand(When);

    public sealed record AcknowledgeAlert(AlertId Alert, string By, Instant When) : TwinCommand(When);

    public sealed record ResolveAlert(AlertId Alert, string By, Instant When) : TwinCommand(When);

    /// <summary>A request to change a shadow. It may be the first that is heard of the device.</summary>
    /// <param name="Expected">The version that the shadow must have; null: whatever it has.</param>
    /// <param name="Author">Who asks: the client id, or who is signed in.</param>
    /// <param name="Session">The connection, where it is the device's own.</param>
    public sealed record UpdateShadow(
        ShadowName Shadow, ShadowPatch Patch, long? Expected, string? ClientToken, string Author, SessionId? Session, Instant When) : TwinCommand(When);

    public sealed record DeleteShadow(ShadowName Shadow, long? Expected, string? ClientToken, string Author, Instant When) : TwinCommand(When);

    /// <summary>Time passed, or the rules changed: look again.</summary>
    public sealed record Review(Instant When) : TwinCommand(When);

    /// <summary>Somebody begins or ceases to work on the device.</summary>
    /// <param name="Reason">Why, for people; passed over where it ends.</param>
    public sealed record SetMaintenance(bool On, string Reason, string By, Instant When) : TwinCommand(When)
    {
        /// <summary>How it was when it was looked at: refused if it is otherwise by now. Null: however it is.</summary>
        public SeenMaintenance? Expected { get; init; }
    }
}
