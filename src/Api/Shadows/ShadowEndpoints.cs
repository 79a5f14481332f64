using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using OrleansIot.Api.Devices;
using OrleansIot.Api.Http;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Shadows;

/// <summary>The shadows of a device: read, updated, deleted. A shadow's ETag is its version.</summary>
internal static class ShadowEndpoints
{
    /// <summary>The classic shadow has no name; an address needs one.</summary>
    public const string ClassicWord = "$classic";

    public static void MapShadows(this IEndpointRouteBuilder api)
    {
        var shadows = api.MapGroup("/devices/{id}/shadows").WithTags("Shadows");
        shadows.MapGet("/", List).WithName("ListShadows").WithSummary("The shadows of a device, in order of name").ProducesProblems(404, 503);
        shadows.MapGet("/{name}", Find).WithName("GetShadow")
            .WithSummary("A shadow; its version is the ETag")
            .WithDescription("state.desired, state.reported and, where they differ, state.delta; metadata says when each value was written, desiredBy who asked for it. The name of the classic shadow is $classic.")
            .Produces<JsonDocument>().ProducesProblems(404, 429, 503).HeldToShadowRate("id", Refused).TakesConditions(ConditionalMetadata.Read);
        shadows.MapPatch("/{name}", Update).WithName("UpdateShadow")
            .WithSummary("Changes what is desired of a device, or what it is to have reported; creates the shadow where there is none")
            .WithDescription("The request of AWS IoT: { \"state\": { \"desired\": {…}, \"reported\": {…} } }. Only what it names changes, and null removes. With If-Match and the ETag of a shadow, only while that is unchanged.")
            .Accepts<JsonDocument>("application/json", "application/merge-patch+json")
            .Produces<JsonDocument>().ProducesProblems(400, 404, 409, 412, 413, 415, 429, 503).HeldToShadowRate("id", Refused).TakesConditions(ConditionalMetadata.Change);
        shadows.MapDelete("/{name}", Delete).WithName("DeleteShadow").WithSummary("Removes a shadow; one created within 48 hours counts on from its version")
            .ProducesProblems(404, 412, 429, 503).HeldToShadowRate("id", Refused).TakesConditions(ConditionalMetadata.Delete);
    }

    public static string WordOf(ShadowName name) => name.IsClassic ? ClassicWord : name.Value;

    private static async Task<Results<Ok<ListDocument<ShadowListDocument>>, ProblemResult>> List(string id, ITwins twins, CancellationToken cancellation) =>
        await twins.FindKnown(id, cancellation) is { } twin
            ? TypedResults.Ok(new ListDocument<ShadowListDocument>([.. twin.Shadows.Where(shadow => shadow.Exists).Select(ShadowListDocument.Of)]))
            : ProblemResult.UnknownDevice(id);

    private static async Task<IResult> Find(string id, string name, ITwins twins, ShadowWriter writer, HttpContext context, CancellationToken cancellation)
    {
        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        return TryParse(name, out var shadowName) && twin.FindShadow(shadowName) is { } shadow ? Answer(shadow, writer, context) : Unknown(id, name);
    }

    private static async Task<IResult> Update(string id, string name, HttpContext context, ITwins twins, ShadowWriter writer, CancellationToken cancellation)
    {
        var body = await JsonBody.Read(context.Request);
        if (!TryParse(name, out var shadowName))
            return Refused(ShadowFault.InvalidName);
        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);
        if (!TryReadExpected(context.Request, twin, shadowName, out var expected))
            return Changed(twin.FindShadow(shadowName));

        var (_, fault) = await writer.Update(twin.Device, shadowName, body, expected, context, cancellation);
        if (fault is not null)
            return expected is not null && fault == ShadowFault.VersionConflict ? Changed((await writer.Find(twin.Device, cancellation))?.FindShadow(shadowName)) : Refused(fault);

        return await Find(id, name, twins, writer, context, cancellation);
    }

    private static async Task<IResult> Delete(string id, string name, HttpContext context, ITwins twins, ShadowWriter writer, CancellationToken cancellation)
    {
        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);
        if (!TryParse(name, out var shadowName) || twin.FindShadow(shadowName) is null)
            return Unknown(id, name);
        if (!TryReadExpected(context.Request, twin, shadowName, out var expected))
            return Changed(twin.FindShadow(shadowName));

        var (_, fault) = await writer.Delete(twin.Device, shadowName, expected, context, cancellation);
        return fault is null ? TypedResults.NoContent()
            : fault == ShadowFault.VersionConflict ? Changed((await writer.Find(twin.Device, cancellation))?.FindShadow(shadowName))
            : fault.Status == StatusCodes.Status404NotFound ? Unknown(id, name)
            : Refused(fault);
    }

    private static bool TryParse(string word, out ShadowName name)
    {
        name = ShadowName.Classic;
        return word == ClassicWord || ShadowName.TryParse(word, out name);
    }

    /// <summary>False: If-Match does not hold as it is. Otherwise the version that it has to hold by when the request is decided.</summary>
    private static bool TryReadExpected(HttpRequest request, Twin twin, ShadowName name, out long? expected)
    {
        expected = null;
        var shadow = twin.FindShadow(name);
        if (!VersionTag.Allows(request, shadow?.Version))
            return false;

        if (!StringValues.IsNullOrEmpty(request.Headers.IfMatch) && request.Headers.IfMatch != "*")
            expected = shadow?.Version;
        return true;
    }

    private static IResult Answer(Shadow shadow, ShadowWriter writer, HttpContext context)
    {
        if (VersionTag.Answers(context, VersionTag.Of(shadow.Version)))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);

        return TypedResults.Bytes(ShadowMessages.Document(shadow, writer.Now, clientToken: null, withDeltaMetadata: false, withAuthors: true), "application/json");
    }

    private static ProblemResult Refused(ShadowFault fault, HttpContext context) => Refused(fault);

    private static ProblemResult Refused(ShadowFault fault) => ProblemResult.Of(fault.Status, fault.Code, $"{fault.Message}.");

    private static ProblemResult Changed(Shadow? present) => ProblemResult.Of(
        StatusCodes.Status412PreconditionFailed,
        "shadow.changed",
        present is null ? "There is no such shadow." : $"The shadow is at version {present.Version}; read it again and repeat the change.");

    private static ProblemResult Unknown(string device, string name) =>
        ProblemResult.Of(StatusCodes.Status404NotFound, "shadow.unknown", $"Device '{device}' has no shadow '{name}'.");
}
