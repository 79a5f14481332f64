using System.Collections.Immutable;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>Where a device stands in a sorted list.</summary>
/// <param name="Values">One for each key of the order.</param>
/// <param name="Twin">Null for one that is known from a cursor alone.</param>
internal sealed record DevicePlace(ImmutableArray<FieldValue> Values, string Device, Twin? Twin = null);
