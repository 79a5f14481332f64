using System.Net;
using System.Text;
using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class RuleApiTests : IAsyncLifetime
{
    private const string Hot = """{"ruleId":"hot","condition":{"metric":"t","operator":">","threshold":50}}""";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Put_creates_then_replaces_and_counts_versions()
    {
        var created = await _host.Answer(HttpMethod.Put, "/api/v1/rules/hot", Hot, 201);
        var replaced = await _host.Answer(HttpMethod.Put, "/api/v1/rules/hot", Hot.Replace("50", "60", StringComparison.Ordinal), 200);

        Assert.Equal(1, (int?)created["version"]);
        Assert.Equal(2, (int?)replaced["version"]);
        Assert.Equal(60, (int?)(await _host.Get("/api/v1/rules/hot"))["condition"]!["threshold"]);
    }

    [Fact]
    public async Task A_rule_is_shown_with_every_default_and_can_be_written_back_as_it_is()
    {
        await _host.Answer(HttpMethod.Post, "/api/v1/rules", Hot, 201);

        var rule = await _host.Get("/api/v1/rules/hot");

        Assert.Equal(
            """{"ruleId":"hot","name":"hot","description":null,"deviceType":"all","deviceIds":[],"condition":{"metric":"t","operator":">","threshold":50,"duration":0},"clearThreshold":null,"severity":"warning","status":"active","cooldownPeriod":300,"actions":{"notifications":[],"webhooks":[],"on":["triggered"]},"version":1}""",
            rule.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        await _host.Answer(HttpMethod.Put, "/api/v1/rules/hot", rule.ToJsonString(), 200);
    }

    [Fact]
    public async Task Post_creates_only_what_is_not_there()
    {
        await _host.Answer(HttpMethod.Post, "/api/v1/rules", Hot, 201);

        Assert.Equal("rule.exists", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/rules", Hot, 409))["code"]);
    }

    [Fact]
    public async Task A_created_rule_says_where_it_is()
    {
        using var response = await _host.Client.PostAsync("/api/v1/rules", Json(Hot));

        Assert.Equal("/api/v1/rules/hot", response.Headers.Location?.ToString());
        Assert.Equal("\"1\"", response.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Rules_are_listed_in_order_of_id_and_deleted_for_good()
    {
        await _host.PutRule("b");
        await _host.PutRule("a");

        Assert.Equal(["a", "b"], (await _host.Get("/api/v1/rules"))["items"]!.AsArray().Select(rule => (string?)rule!["ruleId"]));
        using var deleted = await _host.Client.DeleteAsync("/api/v1/rules/a");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("rule.unknown", (string?)(await _host.Get("/api/v1/rules/a", 404))["code"]);
        Assert.Equal("rule.unknown", (string?)(await _host.Answer(HttpMethod.Delete, "/api/v1/rules/a", null, 404))["code"]);
    }

    [Fact]
    public async Task All_faults_of_a_rule_are_told_at_once()
    {
        var problem = await _host.Answer(
            HttpMethod.Put, "/api/v1/rules/hot", """{"condition":{"metric":"t","operator":"~"},"severity":"bad"}""", 400);

        Assert.Equal("rule.invalid", (string?)problem["code"]);
        Assert.Equal(
            ["condition.operator", "condition.threshold", "severity"],
            problem["faults"]!.AsArray().Select(fault => (string)fault!["path"]!).Order(StringComparer.Ordinal));
        Assert.All(problem["faults"]!.AsArray(), fault => Assert.False(string.IsNullOrEmpty((string?)fault!["mend"])));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task A_body_that_is_no_rule_at_all_is_a_fault_too(string body) =>
        Assert.Equal("rule.invalid", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/rules", body, 400))["code"]);

    [Fact]
    public async Task If_Match_replaces_only_the_version_that_was_read()
    {
        await _host.PutRule("hot");

        Assert.Equal(HttpStatusCode.OK, await PutWith("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutWith("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, await PutWith("If-Match", "*"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutWith("If-None-Match", "*"));
    }

    [Fact]
    public async Task Of_many_that_create_or_replace_at_once_one_succeeds()
    {
        var creating = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.Client.PostAsync("/api/v1/rules", Json(Hot))));
        Assert.Single(creating, answer => answer.StatusCode == HttpStatusCode.Created);

        var replacing = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PutWith("If-Match", "\"1\"")));
        Assert.Single(replacing, HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> PutWith(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/rules/hot") { Content = Json(Hot) };
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
