using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Devices;
using OrleansIot.Api.Http;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.DeviceTypes;

/// <summary>Device types: read, written, removed, and inferred from what devices send. A type's ETag is its version.</summary>
internal static class DeviceTypeEndpoints
{
    private const int DefaultHours = 24;
    private const int MaxHours = 24 * 31;

    // Each is read with its last thousand readings and the roll-ups of its metrics.
    private const int MaxInferred = 20;
    private const int PageOfFleet = 1_000;

    public static void MapDeviceTypes(this IEndpointRouteBuilder api)
    {
        var types = api.MapGroup("/device-types").WithTags("Device types");
        types.MapGet("/", List).WithName("ListDeviceTypes").WithSummary("All device types, in order of id");
        types.MapGet("/{typeId}", Find).WithName("GetDeviceType").WithSummary("A device type; its version is the ETag").ProducesProblems(404).TakesConditions(ConditionalMetadata.Read);
        types.MapPut("/{typeId}", Put).WithName("PutDeviceType").WithSummary("Creates or replaces a device type; readings after it are held to it")
            .WithDescription("With If-Match and the ETag of a type, replaces it only while it is unchanged; with If-None-Match: *, only creates.")
            .Accepts<DeviceTypeDocument>("application/json").ProducesProblems(400, 412, 413, 415, 503).TakesConditions(ConditionalMetadata.Put);
        types.MapDelete("/{typeId}", Delete).WithName("DeleteDeviceType").WithSummary("Removes a device type; its devices send what they like again").ProducesProblems(404, 412, 503).TakesConditions(ConditionalMetadata.Delete);
        types.MapPost("/{typeId}/infer", Infer).WithName("InferDeviceType").WithSummary("Proposes a device type from what its devices send; nothing is stored")
            .WithDescription("Ranges are what was seen, and required is what every one of the last readings had. Units are not in the data.")
            .ProducesProblems(400, 404, 503);
        api.MapGet("/devices/{id}/inferred-schema", InferOne).WithTags("Devices").WithName("InferDeviceSchema")
            .WithSummary("Proposes a device type from what one device sends; nothing is stored").ProducesProblems(400, 404, 503);
    }

    private static Ok<ListDocument<DeviceTypeDocument>> List(IDeviceTypes types) =>
        TypedResults.Ok(new ListDocument<DeviceTypeDocument>([.. types.All.Select(DeviceTypeDocument.Of)]));

    private static Results<Ok<DeviceTypeDocument>, StatusCodeHttpResult, ProblemResult> Find(string typeId, IDeviceTypes types, HttpContext context)
    {
        if (!DeviceTypeId.TryParse(typeId, out var id) || types.Find(id) is not { } type)
            return Unknown(typeId);

        return VersionTag.Answers(context, VersionTag.Of(type.Version)) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(DeviceTypeDocument.Of(type));
    }

    private static async Task<Results<Ok<DeviceTypeDocument>, Created<DeviceTypeDocument>, ProblemResult>> Put(
        string typeId, HttpRequest request, IDeviceTypes types, CancellationToken cancellation)
    {
        if (!DeviceTypeId.TryParse(typeId, out var id))
        {
            return ProblemResult.Invalid(
                DeviceTypeDocument.InvalidCode, "The device type cannot be taken", [new Fault("id", $"is '{typeId}' in the address.", $"An id has {DeviceTypeId.Rule}.")]);
        }

        var read = DeviceTypeDocumentReader.Read(await JsonBody.Read(request), id);
        if (!read.IsValid)
        {
            return ProblemResult.Invalid(
                DeviceTypeDocument.InvalidCode, "The device type cannot be taken", [.. read.Faults.Select(fault => new Fault(fault.Path, fault.Problem, fault.Mend))]);
        }

        // Somebody else may write between the look and the change: then the conditions are held to what they wrote.
        while (true)
        {
            var replaced = types.Find(id);
            if (!VersionTag.Allows(request, replaced?.Version))
                return Changed(replaced);

            if (await types.Put(read.Type, replaced?.Version ?? 0, cancellation) is not { } stored)
                continue;

            var answer = Answer(stored, request.HttpContext.Response);
            return replaced is null ? TypedResults.Created($"/api/v1/device-types/{id}", answer.Value) : answer;
        }
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string typeId, HttpRequest request, IDeviceTypes types, CancellationToken cancellation)
    {
        if (!DeviceTypeId.TryParse(typeId, out var id))
            return Unknown(typeId);

        while (types.Find(id) is { } type)
        {
            if (!VersionTag.Allows(request, type.Version))
                return Changed(type);

            if (await types.Delete(id, type.Version, cancellation))
                return TypedResults.NoContent();
        }

        return Unknown(typeId);
    }

    private static async Task<Results<Ok<DeviceTypeDocument>, ProblemResult>> Infer(
        string typeId, [AsParameters] InferQuery query, ITwins twins, IFleet fleet, IDeviceTypes types, SchemaInference inference, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var hours = reader.Number("hours", query.Hours, DefaultHours, 1, MaxHours);
        var named = (query.Devices ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (named.Length > MaxInferred)
            reader.Fault("devices", $"names {named.Length}.", $"Name at most {MaxInferred}.");

        if (!DeviceTypeId.TryParse(typeId, out var id))
            return Unknown(typeId);

        if (reader.HasFaults)
            return reader.Problem;

        var devices = new List<Twin>();
        foreach (var device in named)
        {
            if (await twins.FindKnown(device, cancellation) is not { } twin)
                return ProblemResult.UnknownDevice(device);

            devices.Add(twin);
        }

        if (named.Length == 0)
            devices = await OfType(id, fleet, cancellation);

        if (devices.Count == 0)
            return ProblemResult.Of(StatusCodes.Status404NotFound, "device-type.no-devices", $"No device is of type '{id}'. Name some: ?devices=a,b.");

        return TypedResults.Ok(await Propose(id, devices, hours, types.For(id.Value), inference, time, cancellation));
    }

    private static async Task<Results<Ok<DeviceTypeDocument>, ProblemResult>> InferOne(
        string id, [AsParameters] InferOneQuery query, ITwins twins, IDeviceTypes types, SchemaInference inference, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var hours = reader.Number("hours", query.Hours, DefaultHours, 1, MaxHours);
        if (reader.HasFaults)
            return reader.Problem;

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        var type = DeviceTypeId.TryParse(twin.Description.Type, out var named) ? named : DeviceTypeId.Parse(twin.Device.Value);
        return TypedResults.Ok(await Propose(type, [twin], hours, types.For(twin.Description.Type), inference, time, cancellation));
    }

    private static async Task<DeviceTypeDocument> Propose(
        DeviceTypeId id, IReadOnlyCollection<Twin> devices, int hours, TypeSchema? type, SchemaInference inference, TimeProvider time, CancellationToken cancellation)
    {
        var now = Instant.From(time.GetUtcNow());
        return DeviceTypeDocument.Of(await inference.Infer(id, devices, now - TimeSpan.FromHours(hours), now + TimeSpan.FromMilliseconds(1), type, cancellation));
    }

    private static async Task<List<Twin>> OfType(DeviceTypeId id, IFleet fleet, CancellationToken cancellation)
    {
        var devices = new List<Twin>();
        string? cursor = null;
        do
        {
            var page = await fleet.List(new DeviceQuery(Search: id.Value, Cursor: cursor, Limit: PageOfFleet), cancellation);
            devices.AddRange(page.Items.Where(twin => string.Equals(twin.Description.Type, id.Value, StringComparison.OrdinalIgnoreCase)).Take(MaxInferred - devices.Count));
            cursor = page.Next;
        }
        while (cursor is not null && devices.Count < MaxInferred);

        return devices;
    }

    private static Ok<DeviceTypeDocument> Answer(DeviceType type, HttpResponse response)
    {
        response.Headers.ETag = VersionTag.Of(type.Version).ToString();
        return TypedResults.Ok(DeviceTypeDocument.Of(type));
    }

    private static ProblemResult Changed(DeviceType? present) => Answer(StatusCodes.Status412PreconditionFailed, DeviceTypeRefusal.Changed(present));

    private static ProblemResult Unknown(string type) => Answer(StatusCodes.Status404NotFound, DeviceTypeRefusal.Unknown(type));

    private static ProblemResult Answer(int status, DeviceTypeRefusal refusal) => ProblemResult.Of(status, refusal.Code, refusal.Detail);
}
