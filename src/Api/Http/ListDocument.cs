namespace OrleansIot.Api.Http;

/// <summary>A list, or a part of one.</summary>
/// <param name="Next">Pass it as <c>cursor</c> to go on; null at the end.</param>
public sealed record ListDocument<T>(IReadOnlyList<T> Items, string? Next = null);
