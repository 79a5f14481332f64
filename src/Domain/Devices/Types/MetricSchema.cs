using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>What a device of a type sends under one name.</summary>
/// <param name="Unit">Of the value as it is kept and shown, after <paramref name="Transform"/>; null: not known, or none.</param>
/// <param name="Min">The least that is believed, in <paramref name="Unit"/>; numbers only.</param>
/// <param name="Max">The most that is believed.</param>
/// <param name="Required">Every reading has it.</param>
/// <param name="Transform">From what the device sends to what is kept; numbers only.</param>
public sealed record MetricSchema(
    MetricName Name,
    MetricKind Kind,
    string? Unit = null,
    double? Min = null,
    double? Max = null,
    bool Required = false,
    string? Description = null,
    UnitTransform? Transform = null);
