using System.Text;
using System.Text.Json.Nodes;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Application;

namespace OrleansIot.Api.Tests;

public sealed class ProblemTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_path_that_is_not_there_is_a_problem_too()
    {
        Assert.Equal("path.unknown", (string?)(await _host.Get("/api/v1/nothing", 404))["code"]);
        Assert.Equal("path.unknown", (string?)(await _host.Get("/api", 404))["code"]);
        Assert.Equal("path.unknown", (string?)(await _host.Get("/openapi/v9.json", 404))["code"]);
    }

    [Fact]
    public async Task A_method_that_is_not_there_names_those_that_are()
    {
        var problem = await _host.Answer(HttpMethod.Delete, "/api/v1/alerts", null, 405);

        Assert.Equal("method.not-allowed", (string?)problem["code"]);
        Assert.Contains("GET", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_called_JSON_is_not_read()
    {
        using var response = await _host.Client.PostAsync("/api/v1/rules", new StringContent("ruleId: x", Encoding.UTF8, "application/yaml"));

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal("content-type.unsupported", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_not_read_to_its_end()
    {
        var problem = await _host.Answer(HttpMethod.Post, "/api/v1/rules", new string(' ', 3 * 1024 * 1024), 413);

        Assert.Equal("request.too-large", (string?)problem["code"]);
    }

    [Fact]
    public async Task A_bug_of_ours_is_a_500_that_tells_nothing_of_its_inside()
    {
        _host.Twins.HasBug = true;

        var problem = await _host.Get("/api/v1/devices/d", 500);

        Assert.Equal("server.error", (string?)problem["code"]);
        Assert.DoesNotContain("secret", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_full_asks_to_come_back()
    {
        _host.Rules.FailAfterPuts = 0;
        using var response = await _host.Client.PostAsync(
            "/api/v1/rules", new StringContent("""{"ruleId":"r","condition":{"metric":"t","operator":">","threshold":1}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("2", Assert.Single(response.Headers.GetValues("Retry-After")));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("store.unavailable", (string?)problem["code"]);
        Assert.DoesNotContain("disk", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_damaged_does_not_ask_to_come_back()
    {
        await _host.Report("d", ("t", 1));
        _host.History.Failure = new StoreException("Row 7 is not what was written.");
        using var response = await _host.Client.GetAsync("/api/v1/devices/d/history?metric=t");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Retry-After"));
        Assert.Equal("store.unavailable", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
    }

    [Fact]
    public async Task Every_problem_has_what_RFC_9457_asks_for()
    {
        var problem = await _host.Get("/api/v1/devices/nobody", 404);

        Assert.Equal("urn:orleansiot:problem:device.unknown", (string?)problem["type"]);
        Assert.Equal("Not Found", (string?)problem["title"]);
        Assert.Contains("nobody", (string?)problem["detail"], StringComparison.Ordinal);
    }
}
