using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>Maintenance of a device: while it lasts nothing fires and nobody is told.</summary>
internal static class MaintenanceEndpoints
{
    private const string DefaultBy = "api";

    public static void MapMaintenance(this IEndpointRouteBuilder devices)
    {
        devices.MapPost("/{id}/maintenance", Begin).WithName("SetMaintenance").WithSummary("Begins or ends the maintenance of a device")
            .WithDescription("While it lasts no alert is triggered or resolved by itself, and no notification goes out. At its end what still holds fires.")
            .Accepts<MaintenanceRequest>("application/json").ProducesProblems(400, 404, 412, 415, 503).TakesConditions(ConditionalMetadata.Change);
        devices.MapDelete("/{id}/maintenance", End).WithName("EndMaintenance").WithSummary("Ends the maintenance of a device").ProducesProblems(404, 412, 503).TakesConditions(ConditionalMetadata.Change);
    }

    private static async Task<Results<Ok<DeviceDocument>, ProblemResult>> Begin(
        string id, HttpRequest request, ITwins twins, IDeviceTypes types, TimeProvider time, CancellationToken cancellation) =>
        Read(await JsonBody.Read(request)) is { } wanted
            ? await Set(id, wanted, request, twins, types, time, cancellation)
            : ProblemResult.Of(StatusCodes.Status400BadRequest, TwinRejection.MaintenanceInvalid.Code, "Send { \"on\": true, \"reason\": \"…\" }.");

    private static Task<Results<Ok<DeviceDocument>, ProblemResult>> End(
        string id, HttpRequest request, ITwins twins, IDeviceTypes types, TimeProvider time, CancellationToken cancellation) =>
        Set(id, new MaintenanceRequest(On: false, null, null), request, twins, types, time, cancellation);

    private static async Task<Results<Ok<DeviceDocument>, ProblemResult>> Set(
        string id, MaintenanceRequest wanted, HttpRequest request, ITwins twins, IDeviceTypes types, TimeProvider time, CancellationToken cancellation)
    {
        while (await twins.FindKnown(id, cancellation) is { } twin)
        {
            if (DeviceEndpoints.Refusal(request, twin, types) is { } refusal)
                return refusal;

            var command = new TwinCommand.SetMaintenance(wanted.On ?? true, wanted.Reason?.Trim() ?? "", wanted.By?.Trim() ?? DefaultBy, Instant.From(time.GetUtcNow()))
            {
                Expected = VersionTag.IsConditional(request) ? new SeenMaintenance(twin.Maintenance) : null,
            };
            if (await twins.Execute(twin.Device, command, cancellation) is not Decision.Rejected rejected)
                return await DeviceEndpoints.FindChanged(id, request.HttpContext, twins, types, cancellation);

            // Somebody else was at it between the look and the change: the conditions are held to what they did.
            if (rejected.Reason != TwinRejection.MaintenanceChanged)
                return ProblemResult.Of(StatusCodes.Status400BadRequest, rejected.Reason.Code, rejected.Reason.Detail);
        }

        return ProblemResult.UnknownDevice(id);
    }

    /// <summary>Null where the body is none. An empty one begins it.</summary>
    private static MaintenanceRequest? Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return new MaintenanceRequest(null, null, null);

        try
        {
            return JsonSerializer.Deserialize(body.Span, ApiJson.Default.MaintenanceRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
