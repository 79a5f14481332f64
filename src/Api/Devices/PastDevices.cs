using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansIot.Api.Http;
using OrleansIot.Api.Shadows;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Past;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Devices;

/// <summary>Answers with a device as it was.</summary>
internal static class PastDevices
{
    public static async Task<Results<Ok<DeviceDocument>, StatusCodeHttpResult, ProblemResult>> At(
        string id, string at, TwinPast past, IDeviceTypes types, Instant now, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var moment = reader.Time("at", at, now, now);
        if (moment > now)
            reader.Fault("at", $"is {moment}, which is still to come.", $"Write a time up to now ({now}).");

        if (reader.HasFaults)
            return reader.Problem;

        if (!DeviceId.TryParse(id, out var device))
            return ProblemResult.UnknownDevice(id);

        return await past.At(device, moment, cancellation) switch
        {
            PastTwin.Known known => TypedResults.Ok(DeviceDocument.Of(known.Twin, types.For(known.Twin.Description.Type)) with
            {
                At = moment,
                Shadows = [.. known.Twin.Shadows.Where(shadow => shadow.Exists).Select(shadow => PastShadowDocument.Of(shadow, moment))],
            }),
            PastTwin.Expired expired => Expired(moment, expired.Horizon),
            _ => ProblemResult.Of(StatusCodes.Status404NotFound, "device.unknown", $"Nothing had been heard of a device '{id}' by {moment}."),
        };
    }

    private static ProblemResult Expired(Instant moment, Instant? horizon)
    {
        const string Code = "past.expired";
        return horizon is { } from
            ? ProblemResult.Of(
                StatusCodes.Status410Gone, Code, $"The state at {moment} is not kept any more: it is from {from} on. Ask for that time or a later one.",
                [new Fault("at", $"is before {from}.", $"Write {from} or a later time.")])
            : ProblemResult.Of(StatusCodes.Status410Gone, Code, $"The state at {moment} is not kept any more. Ask for a later time.");
    }
}
