using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>What a device type made of a reading: the reading as it is believed, or why it is not taken.</summary>
internal readonly record struct SchemaOutcome(Reading Reading, TwinRejection? Refusal = null);
