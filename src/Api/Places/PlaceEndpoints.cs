using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Api.Places;

/// <summary>The fleet by place and by group, as the devices' descriptions say.</summary>
internal static class PlaceEndpoints
{
    public static void MapPlaces(this IEndpointRouteBuilder api)
    {
        api.MapGet("/sites", Sites).WithTags("Devices").WithName("ListSites").WithSummary("The site hierarchy with what each place has in it");
        api.MapGet("/groups", Groups).WithTags("Devices").WithName("ListGroups").WithSummary("The groups of devices, in order of name");
    }

    private static async Task<Ok<ListDocument<SiteDocument>>> Sites(IFleet fleet, CancellationToken cancellation) =>
        TypedResults.Ok(new ListDocument<SiteDocument>([.. SiteTree.Of((await fleet.Parts(cancellation)).Sites).Select(SiteDocument.Of)]));

    private static async Task<Ok<ListDocument<GroupDocument>>> Groups(IFleet fleet, CancellationToken cancellation) =>
        TypedResults.Ok(new ListDocument<GroupDocument>([.. (await fleet.Parts(cancellation)).Groups.Select(GroupDocument.Of)]));
}
