using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>A payload that was understood.</summary>
/// <param name="MessageId">Key of the <c>messageId</c> that the sender gave; <see cref="MessageKey.None"/> where it gave none.</param>
/// <param name="ClockAhead">The device's <c>timestamp</c> lay so far in the future that the time of arrival was taken instead.</param>
/// <param name="Sequence">The message's place in its sender's run; null where the sender does not number its messages.</param>
public readonly record struct TelemetryPayload(Reading Reading, MessageKey MessageId, bool ClockAhead, MessageSequence? Sequence = null);
