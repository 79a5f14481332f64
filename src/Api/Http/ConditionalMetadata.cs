using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrleansIot.Api.Http;

/// <summary>Tells the OpenAPI document which requests take conditions, and which answers have an ETag.</summary>
internal sealed record ConditionalMetadata(bool IfMatch, bool IfNoneMatch, bool HasTag, string IfNoneMatchHelp)
{
    private const string IfMatchHelp = "Does it only where this is the ETag of what is there, or * where something is; otherwise 412.";

    /// <summary>Answers with an ETag, or 304 to who has that already.</summary>
    public static readonly ConditionalMetadata Read = new(
        IfMatch: false, IfNoneMatch: true, HasTag: true, "The ETag of what is there already: answered with 304 and no body while it is unchanged.");

    /// <summary>Creates or replaces; answers with the ETag.</summary>
    public static readonly ConditionalMetadata Put = new(IfMatch: true, IfNoneMatch: true, HasTag: true, "*: only creates; 412 where there is one.");

    /// <summary>Changes what is there; answers with the ETag.</summary>
    public static readonly ConditionalMetadata Change = new(IfMatch: true, IfNoneMatch: false, HasTag: true, "");

    public static readonly ConditionalMetadata Delete = new(IfMatch: true, IfNoneMatch: false, HasTag: false, "");

    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ConditionalMetadata>().FirstOrDefault() is not { } conditions)
            return Task.CompletedTask;

        operation.Parameters ??= [];
        if (conditions.IfMatch)
            operation.Parameters.Add(Header("If-Match", IfMatchHelp));

        if (conditions.IfNoneMatch)
            operation.Parameters.Add(Header("If-None-Match", conditions.IfNoneMatchHelp));

        if (!conditions.HasTag)
            return Task.CompletedTask;

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status is "200" or "201" or "304" && response is OpenApiResponse answer)
                (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())["ETag"] = new OpenApiHeader { Description = "Its version.", Schema = Text() };
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter Header(string name, string help) =>
        new() { Name = name, In = ParameterLocation.Header, Description = help, Schema = Text() };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String, Examples = [JsonValue.Create("\"7\"")] };
}

/// <summary>How an endpoint says which conditions it takes.</summary>
internal static class ConditionalEndpoints
{
    public static RouteHandlerBuilder TakesConditions(this RouteHandlerBuilder endpoint, ConditionalMetadata conditions)
    {
        endpoint.WithMetadata(conditions);
        return conditions == ConditionalMetadata.Read ? endpoint.Produces(StatusCodes.Status304NotModified) : endpoint;
    }
}
