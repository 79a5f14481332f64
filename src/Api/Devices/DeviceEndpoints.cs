using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Application.Past;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>Devices: found, looked at, described.</summary>
internal static class DeviceEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapDevices(this IEndpointRouteBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("/", List).WithName("ListDevices").WithSummary("Finds devices: by filter, in an order, page by page").ProducesProblems(400);
        devices.MapGet("/{id}", Find).WithName("GetDevice").WithSummary("A device as it is believed to be now, or as it was")
            .WithDescription("As it is now it has an ETag: its version, and a mark of what people say about it.")
            .ProducesProblems(400, 404, 410).TakesConditions(ConditionalMetadata.Read);
        devices.MapPatch("/{id}", Describe).WithName("DescribeDevice")
            .WithSummary("Changes what people say about a device")
            .Accepts<DeviceDescriptionDocument>("application/json", "application/merge-patch+json")
            .WithDescription("With If-Match and the ETag of a device, only while people say the same about it, maintenance included; readings do not count.")
            .ProducesProblems(400, 404, 412, 415, 503).TakesConditions(ConditionalMetadata.Change);
        devices.MapGet("/{id}/metrics", Metrics).WithName("ListMetrics").WithSummary("The metrics that a device has reported").ProducesProblems(404);
        devices.MapGet("/{id}/refusals", Refusals).WithName("ListRefusals")
            .WithSummary("The device's last messages that were not taken, newest first")
            .WithDescription("Asked by the text of the topic's device level, whether or not a device of that name is known.");
        devices.MapMaintenance();
        devices.MapHistory();
    }

    private static async Task<Results<Ok<DeviceListDocument>, ProblemResult>> List([AsParameters] DeviceListQuery query, IFleet fleet, IDeviceTypes types, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var wanted = new DeviceQuery(
            query.Search,
            reader.Word("status", query.Status, DeviceWords.Statuses),
            reader.Word("severity", query.Severity, RuleDocumentWords.Severities),
            Cursor: string.IsNullOrEmpty(query.Cursor) ? null : query.Cursor,
            Limit: reader.Number("limit", query.Limit, DefaultLimit, 1, MaxLimit),
            Filter: string.IsNullOrWhiteSpace(query.Filter) ? null : query.Filter,
            Sort: string.IsNullOrWhiteSpace(query.Sort) ? null : query.Sort);
        if (reader.HasFaults)
            return reader.Problem;

        if (ProblemOf(wanted) is { } problem)
            return problem;

        var page = await fleet.List(wanted, cancellation);
        return TypedResults.Ok(new DeviceListDocument([.. page.Items.Select(twin => DeviceDocument.Of(twin, types.For(twin.Description.Type)))], page.Next, page.Total));
    }

    private static ProblemResult? ProblemOf(DeviceQuery query)
    {
        if (query.Filter is not null && !FilterExpression.TryParse(query.Filter, out _, out var fault))
            return ProblemOf("filter", fault);

        if (query.Sort is null)
            return null;

        if (!DeviceSort.TryParse(query.Sort, out var sort, out fault))
            return ProblemOf("sort", fault);

        return query.Cursor is null || DeviceCursor.IsValid(query.Cursor, sort)
            ? null
            : ProblemResult.Invalid("cursor.invalid", "The page cannot be found", [new Fault("cursor", "is not of a list in this order.", "Send 'next' of the page before, with the same sort, or begin without a cursor.")]);
    }

    private static ProblemResult ProblemOf(string parameter, FilterFault fault) => ProblemResult.Invalid(
        fault.Code, "The query cannot be understood", [new Fault(parameter, $"goes wrong at character {fault.Position}: {fault.Message}", fault.Mend)]);

    private static async Task<Results<Ok<DeviceDocument>, StatusCodeHttpResult, ProblemResult>> Find(
        string id, [AsParameters] DeviceMomentQuery query, HttpContext context, ITwins twins, IDeviceTypes types, TwinPast past, TimeProvider time, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(query.At))
            return await PastDevices.At(id, query.At, past, types, Instant.From(time.GetUtcNow()), cancellation);

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        var type = types.For(twin.Description.Type);
        return VersionTag.Answers(context, DeviceTag.Of(twin, type).Value) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(DeviceDocument.Of(twin, type));
    }

    /// <summary>The device after a change.</summary>
    internal static async Task<Results<Ok<DeviceDocument>, ProblemResult>> FindChanged(string id, HttpContext context, ITwins twins, IDeviceTypes types, CancellationToken cancellation)
    {
        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        var type = types.For(twin.Description.Type);
        context.Response.Headers.ETag = DeviceTag.Of(twin, type).Value.ToString();
        return TypedResults.Ok(DeviceDocument.Of(twin, type));
    }

    /// <summary>Null: the request's conditions hold of the device.</summary>
    internal static ProblemResult? Refusal(HttpRequest request, Twin twin, IDeviceTypes types)
    {
        var tag = DeviceTag.Of(twin, types.For(twin.Description.Type));
        return VersionTag.Allows(request, tag.Value, tag.IsUnchangedSince)
            ? null
            : ProblemResult.Of(
                StatusCodes.Status412PreconditionFailed, "device.changed", $"The device is at version {twin.Version} and its ETag is {tag.Value}; read it again and repeat the change.");
    }

    private static async Task<Results<Ok<DeviceDocument>, ProblemResult>> Describe(
        string id, HttpRequest request, ITwins twins, IDeviceTypes types, TimeProvider time, CancellationToken cancellation)
    {
        var body = await JsonBody.Read(request);
        while (await twins.FindKnown(id, cancellation) is { } twin)
        {
            if (Refusal(request, twin, types) is { } refusal)
                return refusal;

            var patch = new DeviceDescriptionPatch(twin.Description);
            var description = patch.Apply(body);
            if (patch.Faults.Count > 0)
                return ProblemResult.Invalid("device.invalid", "The description cannot be taken", patch.Faults);

            var decision = await twins.Execute(twin.Device, new TwinCommand.Describe(description, Instant.From(time.GetUtcNow()), twin.Description), cancellation);
            if (decision is Decision.Accepted)
                return await FindChanged(id, request.HttpContext, twins, types, cancellation);

            // Somebody else described it between the look and the change: their members stay unless this patch names them too.
            if (decision is Decision.Rejected rejected && rejected.Reason != TwinRejection.DescriptionChanged)
                return ProblemResult.Of(StatusCodes.Status409Conflict, rejected.Reason.Code, rejected.Reason.Detail);
        }

        return ProblemResult.UnknownDevice(id);
    }

    private static async Task<Results<Ok<ListDocument<MetricDocument>>, ProblemResult>> Metrics(string id, ITwins twins, IDeviceTypes types, CancellationToken cancellation) =>
        await twins.FindKnown(id, cancellation) is { } twin
            ? TypedResults.Ok(new ListDocument<MetricDocument>([.. twin.Readings.Select(last => MetricDocument.Of(last, twin, types.For(twin.Description.Type)))]))
            : ProblemResult.UnknownDevice(id);

    private static Ok<ListDocument<RefusalDocument>> Refusals(string id, IIngestStatistics statistics) =>
        TypedResults.Ok(new ListDocument<RefusalDocument>(
            [.. statistics.RecentRefusals.Where(refused => refused.Device == id).Reverse().Select(RefusalDocument.Of)]));

    /// <summary>Null for a name that is not one, and for a device never heard of: both look the same from outside.</summary>
    internal static async ValueTask<Twin?> FindKnown(this ITwins twins, string id, CancellationToken cancellation) =>
        DeviceId.TryParse(id, out var device) && await twins.Find(device, cancellation) is { Twin: { Exists: true } twin } ? twin : null;
}
