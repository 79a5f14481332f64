using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_describes_every_operation_parameter_and_answer()
    {
        await using var host = await ApiHost.Started();

        var document = await host.Get("/openapi/v1.json");

        var paths = document["paths"]!.AsObject();
        Assert.Equal(
            [
                "/api/things/shadow/ListNamedShadowsForThing/{thing}",
                "/api/v1/access/certificates", "/api/v1/access/certificates/{id}", "/api/v1/access/explain", "/api/v1/access/policies", "/api/v1/access/policies/{name}",
                "/api/v1/access/tokens", "/api/v1/access/tokens/{name}", "/api/v1/access/users", "/api/v1/access/users/{name}",
                "/api/v1/alerts", "/api/v1/alerts/{id}", "/api/v1/alerts/{id}/acknowledge", "/api/v1/alerts/{id}/deliveries", "/api/v1/alerts/{id}/resolve",
                "/api/v1/device-types", "/api/v1/device-types/{typeId}", "/api/v1/device-types/{typeId}/infer",
                "/api/v1/devices", "/api/v1/devices/{id}", "/api/v1/devices/{id}/history", "/api/v1/devices/{id}/history/export",
                "/api/v1/devices/{id}/inferred-schema", "/api/v1/devices/{id}/maintenance", "/api/v1/devices/{id}/metrics", "/api/v1/devices/{id}/readings",
                "/api/v1/devices/{id}/refusals", "/api/v1/devices/{id}/shadows", "/api/v1/devices/{id}/shadows/{name}", "/api/v1/groups", "/api/v1/history/{metric}",
                "/api/v1/readings/export", "/api/v1/rules", "/api/v1/rules/{ruleId}", "/api/v1/sites", "/api/v1/stream", "/metrics", "/things/{thing}/shadow",
            ],
            paths.Select(path => path.Key).Where(path => path is not ("/" or "/change")).Order(StringComparer.Ordinal));
        foreach (var (path, operations) in paths.Where(path => path.Key is not ("/" or "/change")))
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                Assert.False(string.IsNullOrEmpty((string?)operation!["summary"]), $"{method} {path} has no summary.");
                foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                {
                    Assert.True(
                        (string?)parameter!["in"] == "path" || !string.IsNullOrEmpty((string?)parameter["description"]),
                        $"{method} {path}: parameter {parameter["name"]} has no description.");
                }
            }
        }

        var device = document["components"]!["schemas"]!["DeviceDocument"]!["properties"]!;
        Assert.Contains("online", (string?)device["status"]!["description"], StringComparison.Ordinal);
        Assert.Equal("date-time", (string?)document["components"]!["schemas"]!["Instant"]!["format"]);
        Assert.Equal("#/components/schemas/Instant", (string?)document["components"]!["schemas"]!["AlertDocument"]!["properties"]!["triggeredAt"]!["$ref"]);
        var limit = paths["/api/v1/devices"]!["get"]!["parameters"]!.AsArray().Single(parameter => (string?)parameter!["name"] == "limit")!;
        Assert.Equal("integer", (string?)limit["schema"]!["type"]);
        var rule = document["components"]!["schemas"]!["RuleDocument"]!["properties"]!;
        Assert.False(string.IsNullOrEmpty((string?)rule["cooldownPeriod"]!["description"]), "RuleDocument.cooldownPeriod has no description.");
        Assert.NotNull(paths["/api/v1/rules"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]);
        Assert.NotNull(paths["/api/v1/devices/{id}"]!["get"]!["responses"]!["404"]!["content"]!["application/problem+json"]);
    }
}
