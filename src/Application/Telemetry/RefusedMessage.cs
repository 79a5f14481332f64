using OrleansIot.Domain;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Telemetry;

/// <summary>A message that was not taken, kept for a look.</summary>
/// <param name="Device">Text of the topic's device level, whether or not it is a valid id.</param>
/// <param name="Code">Stable: <c>reading.invalid-json</c>.</param>
/// <param name="Detail">For people: what is wrong, where, and the mend.</param>
/// <param name="Message">Its first 1 KiB.</param>
public sealed record RefusedMessage(string Device, string Code, string Detail, RawMessage Message, Instant At);
