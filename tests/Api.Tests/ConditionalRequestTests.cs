using System.Net;
using System.Text;
using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class ConditionalRequestTests : IAsyncLifetime
{
    private const string Hot = """{"ruleId":"hot","condition":{"metric":"t","operator":">","threshold":50}}""";
    private const string Pump = """{"name":"Pump","metrics":[{"name":"t","kind":"number","unit":"C"}]}""";

    private const string Desired = """{"state":{"desired":{"a":1}}}""";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/rules/hot")]
    [InlineData("/api/v1/device-types/pump")]
    [InlineData("/api/v1/devices/d")]
    [InlineData("/api/v1/devices/d/shadows/$classic")]
    public async Task Who_has_the_present_version_already_is_told_so_without_a_body(string path)
    {
        await _host.Report("d", ("t", 1));
        await _host.Answer(HttpMethod.Put, "/api/v1/rules/hot", Hot, 201);
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/pump", Pump, 201);
        await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d/shadows/$classic", Desired, 200);

        var first = await Ask(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.StartsWith("\"", first.Tag, StringComparison.Ordinal);

        var again = await Ask(HttpMethod.Get, path, ("If-None-Match", first.Tag));
        Assert.Equal((HttpStatusCode.NotModified, first.Tag, ""), again);
        Assert.Equal(HttpStatusCode.NotModified, (await Ask(HttpMethod.Get, path, ("If-None-Match", $"\"other\", W/{first.Tag}"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, path, ("If-None-Match", "\"other\""))).Status);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"2\"")]
    [InlineData("W/\"1\"")]
    public async Task A_shadow_is_not_changed_under_a_condition_that_does_not_hold_or_cannot_be_read(string condition)
    {
        await _host.Report("d", ("t", 1));
        await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d/shadows/$classic", Desired, 200);

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(HttpMethod.Patch, "/api/v1/devices/d/shadows/$classic", Desired, ("If-Match", condition))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(HttpMethod.Delete, "/api/v1/devices/d/shadows/$classic", ("If-Match", condition))).Status);
        Assert.Equal("\"1\"", (await Ask(HttpMethod.Get, "/api/v1/devices/d/shadows/$classic")).Tag);
    }

    [Fact]
    public async Task A_device_that_was_heard_of_since_is_shown_anew()
    {
        await _host.Report("d", ("t", 1));
        var before = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;
        await _host.Report("d", ("t", 2));

        var after = await Ask(HttpMethod.Get, "/api/v1/devices/d", ("If-None-Match", before));

        Assert.Equal(HttpStatusCode.OK, after.Status);
        Assert.NotEqual(before, after.Tag);
    }

    [Fact]
    public async Task A_device_is_shown_anew_once_its_type_gives_its_metrics_other_units()
    {
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/pump", Pump, 201);
        await _host.Describe("d", new(null, "pump", null, []));
        await _host.Report("d", ("t", 1));
        var before = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/pump", Pump.Replace("\"C\"", "\"K\"", StringComparison.Ordinal), 200);

        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, "/api/v1/devices/d", ("If-None-Match", before))).Status);
    }

    [Fact]
    public async Task A_device_that_only_reported_since_can_be_described_by_who_saw_it_before()
    {
        await _host.Report("d", ("t", 1));
        var seen = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;
        await _host.Report("d", ("t", 2));

        var described = await Ask(HttpMethod.Patch, "/api/v1/devices/d", """{"name":"First"}""", ("If-Match", seen));

        Assert.Equal(HttpStatusCode.OK, described.Status);
        Assert.Equal((await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag, described.Tag);
    }

    [Fact]
    public async Task A_device_that_somebody_else_described_since_is_not_and_the_answer_names_its_version()
    {
        await _host.Report("d", ("t", 1));
        var seen = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;
        await _host.Answer(HttpMethod.Patch, "/api/v1/devices/d", """{"name":"First"}""", 200);

        foreach (var (method, path, body) in ((HttpMethod, string, string?)[])[
            (HttpMethod.Patch, "/api/v1/devices/d", """{"name":"Second"}"""),
            (HttpMethod.Post, "/api/v1/devices/d/maintenance", "{}"),
            (HttpMethod.Delete, "/api/v1/devices/d/maintenance", null)])
        {
            var refused = await Ask(method, path, body, ("If-Match", seen));
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
            Assert.Contains("\"device.changed\"", refused.Body, StringComparison.Ordinal);
            Assert.Contains($"at version {(await _host.Get("/api/v1/devices/d"))["version"]} ", refused.Body, StringComparison.Ordinal);
        }

        Assert.Equal("First", (string?)(await _host.Get("/api/v1/devices/d"))["name"]);
        Assert.Equal("online", (string?)(await _host.Get("/api/v1/devices/d"))["status"]);
    }

    [Fact]
    public async Task Maintenance_begins_and_ends_for_who_saw_how_it_was()
    {
        await _host.Report("d", ("t", 1));
        var before = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;

        var began = await Ask(HttpMethod.Post, "/api/v1/devices/d/maintenance", """{"by":"ana"}""", ("If-Match", before));
        Assert.Equal(HttpStatusCode.OK, began.Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(HttpMethod.Delete, "/api/v1/devices/d/maintenance", null, ("If-Match", before))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Delete, "/api/v1/devices/d/maintenance", null, ("If-Match", began.Tag))).Status);
    }

    [Fact]
    public async Task The_version_of_a_device_as_its_document_has_it_serves_as_a_condition_too()
    {
        await _host.Report("d", ("t", 1));
        var version = (long)(await _host.Get("/api/v1/devices/d"))["version"]!;

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(HttpMethod.Patch, "/api/v1/devices/d", "{}", ("If-Match", $"\"{version - 1}\""))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(HttpMethod.Patch, "/api/v1/devices/d", "{}", ("If-Match", $"W/\"{version}\""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Patch, "/api/v1/devices/d", "{}", ("If-Match", $"\"{version}\""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Patch, "/api/v1/devices/d", "{}", ("If-Match", "*"))).Status);
    }

    [Theory]
    [InlineData("/api/v1/rules/hot", "PUT", Hot)]
    [InlineData("/api/v1/rules/hot", "DELETE", null)]
    [InlineData("/api/v1/device-types/pump", "PUT", Pump)]
    [InlineData("/api/v1/device-types/pump", "DELETE", null)]
    [InlineData("/api/v1/devices/d", "PATCH", "{}")]
    public async Task A_condition_that_cannot_be_read_holds_of_nothing(string path, string method, string? body)
    {
        await _host.Report("d", ("t", 1));
        await _host.Answer(HttpMethod.Put, "/api/v1/rules/hot", Hot, 201);
        await _host.Answer(HttpMethod.Put, "/api/v1/device-types/pump", Pump, 201);

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Ask(new HttpMethod(method), path, body, ("If-Match", "1"))).Status);
    }

    [Theory]
    [InlineData("/api/v1/rules/hot", Hot, "rule.changed")]
    [InlineData("/api/v1/device-types/pump", Pump, "device-type.changed")]
    public async Task A_delete_of_what_was_changed_since_is_refused_and_names_the_version_there_is(string path, string body, string code)
    {
        await _host.Answer(HttpMethod.Put, path, body, 201);
        await _host.Answer(HttpMethod.Put, path, body, 200);

        var refused = await Ask(HttpMethod.Delete, path, null, ("If-Match", "\"1\""));

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
        Assert.Contains(code, refused.Body, StringComparison.Ordinal);
        Assert.Contains("version 2", refused.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await Ask(HttpMethod.Delete, path, null, ("If-Match", "\"2\""))).Status);
    }

    [Fact]
    public async Task Of_many_that_begin_maintenance_of_the_device_they_saw_one_does()
    {
        await _host.Report("d", ("t", 1));
        var seen = (await Ask(HttpMethod.Get, "/api/v1/devices/d")).Tag;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Ask(HttpMethod.Post, "/api/v1/devices/d/maintenance", $$"""{"by":"{{i}}","reason":"{{i}}"}""", ("If-Match", seen))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task The_document_of_the_api_names_the_conditions_and_the_tags()
    {
        var paths = (await _host.Get("/openapi/v1.json"))["paths"]!;
        foreach (var (path, method, header) in ((string, string, string)[])[
            ("/api/v1/rules/{ruleId}", "get", "If-None-Match"), ("/api/v1/rules/{ruleId}", "put", "If-Match"), ("/api/v1/rules/{ruleId}", "put", "If-None-Match"),
            ("/api/v1/rules/{ruleId}", "delete", "If-Match"), ("/api/v1/device-types/{typeId}", "get", "If-None-Match"), ("/api/v1/device-types/{typeId}", "put", "If-Match"),
            ("/api/v1/device-types/{typeId}", "delete", "If-Match"), ("/api/v1/devices/{id}", "get", "If-None-Match"), ("/api/v1/devices/{id}", "patch", "If-Match"),
            ("/api/v1/devices/{id}/shadows/{name}", "get", "If-None-Match"), ("/api/v1/devices/{id}/shadows/{name}", "patch", "If-Match"), ("/api/v1/devices/{id}/shadows/{name}", "delete", "If-Match"),
            ("/api/v1/devices/{id}/maintenance", "post", "If-Match"), ("/api/v1/devices/{id}/maintenance", "delete", "If-Match")])
        {
            var operation = paths[path]![method]!;
            Assert.Contains(operation["parameters"]!.AsArray(), parameter => ((string?)parameter!["name"], (string?)parameter["in"]) == (header, "header"));
            Assert.True(header != "If-Match" || operation["responses"]!["412"] is not null, $"{method} {path} has no 412.");
            if (method == "get")
                Assert.NotNull(operation["responses"]!["304"]);
            if (method != "delete")
                Assert.NotNull(operation["responses"]!["200"]!["headers"]!["ETag"]);
        }
    }

    private Task<(HttpStatusCode Status, string Tag, string Body)> Ask(HttpMethod method, string path, params (string Name, string Value)[] headers) => Ask(method, path, null, headers);

    private async Task<(HttpStatusCode Status, string Tag, string Body)> Ask(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await _host.Client.SendAsync(request);
        return (response.StatusCode, response.Headers.ETag?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }
}
