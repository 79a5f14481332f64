using System.Collections.Immutable;

namespace OrleansIot.Application;

/// <summary>A part of a longer list.</summary>
/// <param name="Next">Where to go on; null at the end. Opaque to clients.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Next);
