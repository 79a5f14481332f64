using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using OrleansIot.Api.Http;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.OpenApi;

/// <summary>What the OpenAPI document says that the endpoints do not say themselves.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "accessKey";

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer(Introduce);
            options.AddSchemaTransformer(DescribeValues);
            options.AddOperationTransformer(DescribeNumbers);
            options.AddOperationTransformer(ConditionalMetadata.Describe);
        });

    private static Task Introduce(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OrleansIot",
            Version = "v1",
            Description =
                "Devices, their readings and history, rules and alerts. Times are ISO 8601, UTC, with milliseconds. A list is { items, next }: pass 'next' as 'cursor' to go on. "
                + "What goes wrong is told as application/problem+json with a stable 'code'. Where an access key is configured, every request needs it.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The key of Access:ApiKey; 'X-Api-Key: <key>' serves as well.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return Task.CompletedTask;
    }

    // They are read from text, so that a wrong one is answered with its name and the mend.
    private static Task DescribeNumbers(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        foreach (var parameter in operation.Parameters ?? [])
        {
            if (parameter is OpenApiParameter { Name: "limit" or "points" or "top", Schema: OpenApiSchema schema })
                schema.Type = JsonSchemaType.Integer;
        }

        return Task.CompletedTask;
    }

    private static Task DescribeValues(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(Instant))
        {
            schema.Type = context.JsonTypeInfo.Type == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
            schema.Examples = [JsonValue.Create("2026-11-21T09:48:00.000Z")];
        }
        else if (type == typeof(MetricValue))
        {
            schema.Type = JsonSchemaType.Number | JsonSchemaType.Boolean | JsonSchemaType.String;
        }

        return Task.CompletedTask;
    }
}
