namespace OrleansIot.Grains.Interfaces.Fleet;

/// <summary>Which devices. A null part does not narrow.</summary>
/// <param name="Search">Part of the id, name, type, location or a tag; letter case does not count.</param>
/// <param name="Status"><c>unknown</c>, <c>online</c>, <c>offline</c> or <c>maintenance</c>.</param>
/// <param name="Cursor"><see cref="FleetPage.Next"/> of the page before; null for the first.</param>
/// <param name="Limit">1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.fleet-query")]
public sealed record FleetQuery(
    [property: Id(0)] string? Search = null,
    [property: Id(1)] string? Status = null,
    [property: Id(2)] string? Cursor = null,
    [property: Id(3)] int Limit = 100);
