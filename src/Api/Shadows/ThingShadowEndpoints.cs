using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Http;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Api.Shadows;

/// <summary>Shadows at the addresses and in the words of AWS IoT's data plane, for programs that were written for it.</summary>
internal static class ThingShadowEndpoints
{
    private const int DefaultPageSize = 25;
    private const int MaxPageSize = 100;

    public static void MapThingShadows(this IEndpointRouteBuilder routes)
    {
        var things = routes.MapGroup("").WithTags("Shadows, as AWS IoT has them");
        things.MapGet(MachinePaths.Things + "/{thing}/shadow", Get).WithName("GetThingShadow").WithSummary("GetThingShadow of AWS IoT").Produces<JsonDocument>()
            .HeldToShadowRate("thing", TooFast);
        things.MapPost(MachinePaths.Things + "/{thing}/shadow", Update).WithName("UpdateThingShadow").WithSummary("UpdateThingShadow of AWS IoT")
            .Accepts<JsonDocument>("application/json", "application/octet-stream", "binary/octet-stream").Produces<JsonDocument>()
            .HeldToShadowRate("thing", TooFast);
        things.MapDelete(MachinePaths.Things + "/{thing}/shadow", Delete).WithName("DeleteThingShadow").WithSummary("DeleteThingShadow of AWS IoT").Produces<JsonDocument>()
            .HeldToShadowRate("thing", TooFast);
        things.MapGet(MachinePaths.Api + "/things/shadow/ListNamedShadowsForThing/{thing}", List).WithName("ListNamedShadowsForThing")
            .WithSummary("ListNamedShadowsForThing of AWS IoT").Produces<JsonDocument>();
    }

    private static async Task<IResult> Get(string thing, [AsParameters] ShadowNameQuery query, ShadowWriter writer, CancellationToken cancellation)
    {
        if (!TryParse(thing, query, out var device, out var name, out var fault))
            return Refuse(fault, writer.Now);

        var twin = await writer.Find(device, cancellation);
        if (twin?.FindShadow(name) is { } shadow)
            return Json(ShadowMessages.Document(shadow, writer.Now, clientToken: null, writer.Options.DeltaMetadataInGet));

        return Refuse(writer.Options.RequireRegistration && twin is not { Exists: true } ? ShadowFault.UnknownThing : ShadowFault.Unknown(name, thing), writer.Now);
    }

    private static async Task<IResult> Update(string thing, [AsParameters] ShadowNameQuery query, HttpContext context, ShadowWriter writer, CancellationToken cancellation)
    {
        var body = await JsonBody.Read(context.Request);
        if (!TryParse(thing, query, out var device, out var name, out var fault))
            return Refuse(fault, writer.Now);

        (var updated, fault) = await writer.Update(device, name, body, expected: null, context, cancellation);
        return updated is null ? Refuse(fault!, writer.Now) : Json(ShadowMessages.Accepted(updated.Patch, updated.ShadowVersion, updated.At, updated.ClientToken));
    }

    private static async Task<IResult> Delete(string thing, [AsParameters] ShadowNameQuery query, HttpContext context, ShadowWriter writer, CancellationToken cancellation)
    {
        if (!TryParse(thing, query, out var device, out var name, out var fault))
            return Refuse(fault, writer.Now);

        (var deleted, fault) = await writer.Delete(device, name, expected: null, context, cancellation);
        return deleted is null ? Refuse(fault!, writer.Now) : Json(ShadowMessages.Deleted(deleted.ShadowVersion, deleted.At, clientToken: null));
    }

    private static async Task<IResult> List(string thing, [AsParameters] ShadowPageQuery query, ShadowWriter writer, CancellationToken cancellation)
    {
        var size = DefaultPageSize;
        if (!DeviceId.TryParse(thing, out var device))
            return Refuse(ShadowFault.InvalidThing, writer.Now);
        if (query.PageSize is { } text && (!int.TryParse(text, out size) || size is < 1 or > MaxPageSize))
            return Refuse(new ShadowFault("shadow.invalid-page-size", 400, $"Invalid pageSize; use 1 to {MaxPageSize}"), writer.Now);

        // A page goes on behind the last name of the one before: nothing is missed or told twice while others write.
        var twin = await writer.Find(device, cancellation);
        var names = (twin?.Shadows ?? [])
            .Where(shadow => shadow is { Exists: true, Name.IsClassic: false } && string.CompareOrdinal(shadow.Name.Value, query.NextToken ?? "") > 0)
            .Select(shadow => shadow.Name.Value).ToArray();
        return Json(Page(names.AsSpan(0, Math.Min(size, names.Length)), names.Length > size ? names[size - 1] : null, writer.Now));
    }

    private static byte[] Page(ReadOnlySpan<string> names, string? next, Instant at)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("results"u8);
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
        if (next is not null)
            writer.WriteString("nextToken"u8, next);
        writer.WriteNumber("timestamp"u8, at.UnixMilliseconds / 1_000);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryParse(string thing, ShadowNameQuery query, out DeviceId device, out ShadowName name, out ShadowFault fault)
    {
        name = ShadowName.Classic;
        fault = ShadowFault.InvalidThing;
        if (!DeviceId.TryParse(thing, out device))
            return false;

        fault = ShadowFault.InvalidName;
        return string.IsNullOrEmpty(query.Name) || ShadowName.TryParse(query.Name, out name);
    }

    private static FileContentHttpResult Json(byte[] json) => TypedResults.Bytes(json, "application/json");

    private static ThingShadowRefusal TooFast(ShadowFault fault, HttpContext context) =>
        Refuse(fault, context.RequestServices.GetRequiredService<ShadowWriter>().Now);

    private static ThingShadowRefusal Refuse(ShadowFault fault, Instant at) => new ThingShadowRefusal(fault, at);
}
