using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.Shadows;

namespace OrleansIot.Api.Tests;

public sealed class ShadowApiTests : IAsyncLifetime
{
    private const string Shadows = "/api/v1/devices/pump-1/shadows";
    private const string Thing = "/things/pump-1/shadow";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.Started();
        await _host.Report("pump-1", ("t", 1));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_shadow_is_written_read_and_listed()
    {
        var written = await Patch("$classic", """{"state":{"desired":{"speed":5,"mode":{"night":true}},"reported":{"speed":4.0}}}""");
        Assert.Equal(1, (long)written["version"]!);
        await Patch("config", """{"state":{"reported":{"a":1}}}""");

        var (shadow, tag) = await Find("$classic");
        Assert.Equal("\"1\"", tag);
        Assert.Equal(
            """{"desired":{"mode":{"night":true},"speed":5},"reported":{"speed":4.0},"delta":{"mode":{"night":true},"speed":5}}""",
            shadow["state"]!.ToJsonString());
        Assert.Equal(_host.Now.UnixMilliseconds / 1_000, (long)shadow["metadata"]!["desired"]!["mode"]!["night"]!["timestamp"]!);
        Assert.Equal("""{"mode":{"night":"api"},"speed":"api"}""", shadow["desiredBy"]!.ToJsonString());

        var list = (await _host.Get(Shadows))["items"]!.AsArray();
        Assert.Equal(["$classic", "config"], list.Select(item => (string?)item!["name"]));
        Assert.Equal([false, true], list.Select(item => (bool)item!["inSync"]!));
    }

    [Fact]
    public async Task Who_is_signed_in_is_who_desired_it()
    {
        await using var host = await ApiHost.Started(null, "--Access:ApiKey", "a-key-of-some-length");
        await host.Report("pump-1", ("t", 1));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-key-of-some-length");
        var shadow = await host.Answer(HttpMethod.Patch, $"{Shadows}/$classic", """{"state":{"desired":{"a":1}}}""", 200);
        Assert.Equal("api", (string?)shadow["desiredBy"]!["a"]);

        host.Client.DefaultRequestHeaders.Authorization = null;
        using var refused = await host.Client.GetAsync(Thing);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_change_may_be_bound_to_the_version_that_was_read()
    {
        await Patch("$classic", """{"state":{"desired":{"a":1}}}""");
        Assert.Equal(2, (long)(await Patch("$classic", """{"state":{"desired":{"a":2}}}""", ifMatch: "\"1\""))["version"]!);
        Assert.Equal("shadow.changed", (string?)(await Patch("$classic", """{"state":{"desired":{"a":3}}}""", 412, ifMatch: "\"1\""))["code"]);
        Assert.Equal("shadow.changed", (string?)(await Patch("new", """{"state":{"desired":{"a":3}}}""", 412, ifMatch: "*"))["code"]);
        Assert.Equal("shadow.version-conflict", (string?)(await Patch("$classic", """{"state":{},"version":1}""", 409))["code"]);
        Assert.Equal(2, (long)(await Find("$classic")).Shadow["state"]!["desired"]!["a"]!);
    }

    [Fact]
    public async Task A_deleted_shadow_is_gone_and_goes_on_counting()
    {
        await Patch("config", """{"state":{"desired":{"a":1}}}""");
        using (var request = new HttpRequestMessage(HttpMethod.Delete, $"{Shadows}/config") { Headers = { IfMatch = { new EntityTagHeaderValue("\"7\"") } } })
        using (var refused = await _host.Client.SendAsync(request))
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);

        using (var deleted = await _host.Client.DeleteAsync($"{Shadows}/config"))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        Assert.Equal("shadow.unknown", (string?)(await _host.Get($"{Shadows}/config", 404))["code"]);
        Assert.Equal("shadow.unknown", (string?)(await _host.Answer(HttpMethod.Delete, $"{Shadows}/config", null, 404))["code"]);
        Assert.Equal(2, (long)(await Patch("config", """{"state":{}}"""))["version"]!);
    }

    [Theory]
    [InlineData("$classic", "{", 400, "shadow.invalid-json")]
    [InlineData("$classic", """{"state":{"desired":1}}""", 400, "shadow.desired-not-object")]
    [InlineData("$classic", """{"state":{"desired":{"a":{"b":{"c":{"d":{"e":{"f":{"g":1}}}}}}}}}""", 400, "shadow.too-deep")]
    [InlineData("no.name", """{"state":{}}""", 400, "shadow.invalid-name")]
    public async Task What_is_wrong_has_a_stable_code(string name, string body, int status, string code) =>
        Assert.Equal(code, (string?)(await Patch(name, body, status))["code"]);

    [Fact]
    public async Task A_state_that_is_too_large_is_a_413() =>
        Assert.Equal("shadow.too-large", (string?)(await Patch("$classic", $$$"""{"state":{"desired":{"a":"{{{new string('x', 8_200)}}}"}} }""", 413))["code"]);

    [Fact]
    public async Task What_comes_faster_than_a_thing_may_ask_is_a_429_at_either_address_and_says_when_to_come_again()
    {
        await using var host = await ApiHost.Started(services => services.Configure<ShadowOptions>(options => options.RequestsPerSecond = 2));
        await host.Report("pump-1", ("t", 1));
        await host.Report("pump-2", ("t", 1));
        await host.Answer(HttpMethod.Patch, $"{Shadows}/$classic", """{"state":{"desired":{"a":1}}}""", 200);
        await host.Answer(HttpMethod.Get, $"{Shadows}/$classic", null, 200);

        using (var refused = await host.Client.GetAsync($"{Shadows}/$classic"))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
            Assert.Equal("shadow.too-fast", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]);
        }

        using (var refused = await host.Client.GetAsync(Thing))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
            Assert.Equal("ThrottlingException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
            Assert.Equal(429, (int)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]!);
        }

        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Patch, $"{Shadows}/config"), (HttpMethod.Delete, $"{Shadows}/$classic"), (HttpMethod.Post, Thing), (HttpMethod.Delete, Thing)])
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent("""{"state":{}}""", Encoding.UTF8, "application/json") };
            using var refused = await host.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        await host.Answer(HttpMethod.Get, "/api/v1/devices/pump-2/shadows/$classic", null, 404);
        await host.Get(Shadows); // the list is of the device, not of a shadow

        host.Time.Advance(TimeSpan.FromMilliseconds(500));
        await host.Answer(HttpMethod.Get, $"{Shadows}/$classic", null, 200);
    }

    [Fact]
    public async Task A_device_that_is_not_known_has_no_shadows_here()
    {
        Assert.Equal("device.unknown", (string?)(await _host.Get("/api/v1/devices/nobody/shadows", 404))["code"]);
        Assert.Equal("device.unknown", (string?)(await _host.Answer(HttpMethod.Patch, "/api/v1/devices/nobody/shadows/$classic", """{"state":{}}""", 404))["code"]);
    }

    [Fact]
    public async Task A_store_that_is_down_is_a_503()
    {
        _host.Twins.IsDown = true;
        await Patch("$classic", """{"state":{}}""", 503);
    }

    [Fact]
    public async Task At_the_addresses_of_AWS_the_answers_are_those_of_AWS()
    {
        var seconds = _host.Now.UnixMilliseconds / 1_000;
        Assert.Equal((404, $$"""{"code":404,"message":"No shadow exists with name: 'pump-1'","timestamp":{{seconds}}}""", "ResourceNotFoundException"), await Aws(HttpMethod.Get, Thing));
        Assert.Equal(
            (200, $$$"""{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":{{{seconds}}}} }},"version":1,"timestamp":{{{seconds}}},"clientToken":"c"}""".Replace(" ", "", StringComparison.Ordinal), null),
            await Aws(HttpMethod.Post, Thing, """{"state":{"desired":{"a":1}},"clientToken":"c"}"""));
        Assert.StartsWith("""{"state":{"desired":{"a":1},"delta":{"a":1}}""", (await Aws(HttpMethod.Get, Thing)).Body, StringComparison.Ordinal);
        Assert.Equal((409, "ConflictException"), Outline(await Aws(HttpMethod.Post, Thing, """{"state":{},"version":7}""")));
        Assert.Equal((400, "InvalidRequestException"), Outline(await Aws(HttpMethod.Post, $"{Thing}?name=a.b", """{"state":{}}""")));
        Assert.Equal((200, $$"""{"version":1,"timestamp":{{seconds}}}""", null), await Aws(HttpMethod.Delete, Thing));
        Assert.Equal((404, "ResourceNotFoundException"), Outline(await Aws(HttpMethod.Delete, Thing)));
    }

    [Fact]
    public async Task At_the_addresses_of_AWS_a_device_may_begin_with_its_shadow() =>
        Assert.Equal(200, (await Aws(HttpMethod.Post, "/things/new-one/shadow?name=config", """{"state":{}}""")).Status);

    [Fact]
    public async Task Named_shadows_are_listed_by_pages()
    {
        foreach (var name in (string[])["c", "a", "b"])
            await Aws(HttpMethod.Post, $"{Thing}?name={name}", """{"state":{}}""");
        await Aws(HttpMethod.Post, Thing, """{"state":{}}""");
        const string list = "/api/things/shadow/ListNamedShadowsForThing/pump-1";

        Assert.Equal(["a", "b", "c"], (await _host.Get(list))["results"]!.AsArray().Select(name => (string?)name));
        var first = await _host.Get($"{list}?pageSize=2");
        Assert.Equal(["a", "b"], first["results"]!.AsArray().Select(name => (string?)name));
        var second = await _host.Get($"{list}?pageSize=2&nextToken={first["nextToken"]}");
        Assert.Equal(["c"], second["results"]!.AsArray().Select(name => (string?)name));
        Assert.Null(second["nextToken"]);
        Assert.Empty((await _host.Get("/api/things/shadow/ListNamedShadowsForThing/nobody"))["results"]!.AsArray());
        Assert.Equal(400, (await Aws(HttpMethod.Get, $"{list}?pageSize=101")).Status);
    }

    private static (int, string?) Outline((int Status, string Body, string? Type) answer) => (answer.Status, answer.Type);

    private async Task<JsonNode> Patch(string name, string body, int status = 200, string? ifMatch = null)
    {
        _host.Client.DefaultRequestHeaders.Remove("If-Match");
        if (ifMatch is not null)
            _host.Client.DefaultRequestHeaders.Add("If-Match", ifMatch);
        try
        {
            return await _host.Answer(HttpMethod.Patch, $"{Shadows}/{name}", body, status);
        }
        finally
        {
            _host.Client.DefaultRequestHeaders.Remove("If-Match");
        }
    }

    private async Task<(JsonNode Shadow, string? Tag)> Find(string name)
    {
        using var response = await _host.Client.GetAsync($"{Shadows}/{name}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (JsonNode.Parse(await response.Content.ReadAsStringAsync())!, response.Headers.ETag?.ToString());
    }

    private async Task<(int Status, string Body, string? Type)> Aws(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)); // as the SDKs send it: without a type
        using var response = await _host.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single() : null);
    }
}
