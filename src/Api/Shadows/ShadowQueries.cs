using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace OrleansIot.Api.Shadows;

/// <summary>Which shadow of a thing.</summary>
internal sealed record ShadowNameQuery(
    [property: FromQuery(Name = "name"), Description("The name of a named shadow; without it, the classic one.")] string? Name);

/// <summary>Which part of a list.</summary>
internal sealed record ShadowPageQuery(
    [property: FromQuery(Name = "nextToken"), Description("'nextToken' of the page before.")] string? NextToken,
    [property: FromQuery(Name = "pageSize"), Description("1 to 100; default 25.")] string? PageSize);
