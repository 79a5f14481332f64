namespace OrleansIot.Grains.Interfaces.Fleet;

/// <summary>Which devices. A null part does not narrow.</summary>
/// <param name="Search">Part of the id, name, type, location or a tag; letter case does not count.</param>
/// <param name="Status"><c>unknown</c>, <c>online</c>, <c>offline</c> or <c>maintenance</c>.</param>
/// <param name="Cursor"><see cref="FleetPage.Next"/> of the page before; null for the first.</param>
/// <param name="Limit">1 to 1,000.</param>
/// <param name="Filter">A question in the filter language: <c>type eq 'pump' and temperature gt 70</c>.</param>
/// <param name="Sort">Up to four fields or metrics: <c>-temperature,name</c>; by id where it is null.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.fleet-query")]
public sealed record FleetQuery(
    [property: Id(0)] string? Search = null,
    [property: Id(1)] string? Status = null,
    [property: Id(2)] string? Cursor = null,
    [property: Id(3)] int Limit = 100,
    [property: Id(4)] string? Filter = null,
    [property: Id(5)] string? Sort = null);
