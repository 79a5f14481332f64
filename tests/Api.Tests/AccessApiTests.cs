using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.Access;

namespace OrleansIot.Api.Tests;

public sealed class AccessApiTests : IAsyncLifetime
{
    private const string Api = "/api/v1/access";
    private const string Site = """{"Version":"2012-10-17","Statement":[{"Sid":"devices","Effect":"Allow","Action":["iot:Connect","iot:Publish"],"Resource":["client/site-7","topic/dt/devices/site7-*"]}]}""";

    private ApiHost _host = null!;

    private AccessEdition Edition => _host.Services.GetRequiredService<IAccessBook>().Current;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_policy_is_put_shown_as_it_was_written_and_removed()
    {
        await Put("policies/site", Site, 201);
        await Put("policies/site", Site, 200);

        var policy = await _host.Get($"{Api}/policies/site");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Site), policy["document"]), policy.ToJsonString());
        Assert.Equal(["site"], (await _host.Get($"{Api}/policies"))["items"]!.AsArray().Select(item => (string?)item!["name"]));

        await Delete("policies/site");
        Assert.Equal("policy.unknown", (string?)(await _host.Get($"{Api}/policies/site", 404))["code"]);
        Assert.Equal("policy.unknown", (string?)(await _host.Answer(HttpMethod.Delete, $"{Api}/policies/site", null, 404))["code"]);
    }

    [Theory]
    [InlineData("policies/default-device", "{}", "name")]
    [InlineData("policies/a%20b", "{}", "name")]
    [InlineData("policies/site", """{"Version":"2012-10-17","Statement":[{"Effect":"Alow","Action":"iot:Publish","Resource":"*"}]}""", "Statement[0].Effect")]
    [InlineData("policies/site", "{", "$")]
    [InlineData("users/pump-1", "[]", "$")]
    [InlineData("users/pump-1", "{}", "password")]
    [InlineData("users/pump-1", """{"password":""}""", "password")]
    [InlineData("users/pump-1", """{"password":"x","policies":["nobody"]}""", "policies[0]")]
    [InlineData("users/pump-1", """{"password":"x","clientIds":["a","#"]}""", "clientIds[1]")]
    [InlineData("users/pump-1", """{"password":"x","passwordHash":"y"}""", "passwordHash")]
    [InlineData("certificates/ab", "{}", "id")]
    [InlineData("certificates/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", """{"status":"REVOCED"}""", "status")]
    [InlineData("certificates/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", """{"pem":"none"}""", "pem")]
    public async Task What_cannot_be_taken_is_told_with_its_place(string path, string body, string place)
    {
        var problem = await Put(path, body, 400);

        Assert.Equal("access.invalid", (string?)problem["code"]);
        Assert.Contains(place, problem["faults"]!.AsArray().Select(fault => (string?)fault!["path"]));
        Assert.Same(AccessEdition.Empty, Edition);
    }

    [Fact]
    public async Task A_policy_that_is_attached_stays()
    {
        await Put("policies/site", Site, 201);
        await Put("users/site-7", """{"password":"x","policies":["site"]}""", 201);

        var problem = await _host.Answer(HttpMethod.Delete, $"{Api}/policies/site", null, 409);

        Assert.Equal("policy.attached", (string?)problem["code"]);
        Assert.Contains("user/site-7", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_s_password_is_hashed_kept_and_never_shown()
    {
        var created = await Put("users/pump-1", """{"password":"correct horse"}""", 201);
        Assert.Equal("""{"name":"pump-1","policies":[],"clientIds":["pump-1"]}""", created.ToJsonString());
        var hash = Edition.FindUser("pump-1")!.Password;
        Assert.True(hash.Matches("correct horse"u8));

        await Put("users/pump-1", """{"policies":["everything"]}""", 200);
        Assert.Equal(hash.Text, Edition.FindUser("pump-1")!.Password.Text);
        Assert.Equal(["everything"], Edition.FindUser("pump-1")!.Policies);

        await Put("users/pump-1", """{"password":"other"}""", 200);
        Assert.False(Edition.FindUser("pump-1")!.Password.Matches("correct horse"u8));
        await Delete("users/pump-1");
        Assert.Null(Edition.FindUser("pump-1"));
    }

    [Fact]
    public async Task A_certificate_is_registered_by_its_PEM_and_revoked_by_its_id()
    {
        var (pem, id) = Certificate("pump-1");
        var created = await _host.Answer(HttpMethod.Post, $"{Api}/certificates", new JsonObject { ["pem"] = pem }.ToJsonString(), 201);
        Assert.Equal((id, "ACTIVE", "CN=pump-1"), ((string?)created["id"], (string?)created["status"], (string?)created["subject"]));
        Assert.Equal("certificate.exists", (string?)(await _host.Answer(HttpMethod.Post, $"{Api}/certificates", new JsonObject { ["pem"] = pem }.ToJsonString(), 409))["code"]);

        var revoked = await Put($"certificates/{id}", """{"status":"REVOKED"}""", 200);
        Assert.Equal(("REVOKED", "CN=pump-1"), ((string?)revoked["status"], (string?)revoked["subject"]));
        Assert.Equal(CertificateStatus.Revoked, Edition.FindCertificate(id)!.Status);

        var other = await Put($"certificates/{new string('a', 64)}", new JsonObject { ["pem"] = pem }.ToJsonString(), 400);
        Assert.Equal("pem", (string?)other["faults"]![0]!["path"]);
    }

    [Fact]
    public async Task A_token_is_told_once()
    {
        var created = await _host.Answer(HttpMethod.Post, $"{Api}/tokens", """{"name":"t-1","clientIds":["pump-1"],"expires":"2027-01-31T00:00:00Z"}""", 201);

        var text = (string)created["token"]!;
        Assert.Equal("t-1", Edition.FindToken(System.Text.Encoding.UTF8.GetBytes(text))!.Name);
        var listed = (await _host.Get($"{Api}/tokens"))["items"]![0]!;
        Assert.Null(listed["token"]);
        Assert.Equal("2027-01-31T00:00:00+00:00", (string?)listed["expires"]);
        Assert.Equal("token.exists", (string?)(await _host.Answer(HttpMethod.Post, $"{Api}/tokens", """{"name":"t-1","clientIds":["pump-1"]}""", 409))["code"]);
        await Delete("tokens/t-1");
        Assert.Empty(Edition.Credentials);
    }

    [Fact]
    public async Task A_token_for_nobody_is_not_made()
    {
        var problem = await _host.Answer(HttpMethod.Post, $"{Api}/tokens", "{}", 400);
        Assert.Equal("clientIds", (string?)problem["faults"]![0]!["path"]);
    }

    [Fact]
    public async Task It_is_explained_who_may_do_what_and_by_which_statement()
    {
        await Put("policies/site", Site, 201);
        await Put("users/site-7", """{"password":"x","policies":["site"]}""", 201);

        var allowed = await Explain("""{"principal":"user/site-7","action":"iot:Publish","resource":"dt/devices/site7-a/telemetry"}""");
        Assert.True((bool)allowed["allowed"]!);
        Assert.Equal(("site", "statement \"devices\""), ((string?)allowed["policy"], (string?)allowed["statement"]));

        var refused = await Explain("""{"principal":"user/site-7","action":"iot:Publish","resource":"dt/devices/other/telemetry"}""");
        Assert.False((bool)refused["allowed"]!);
        Assert.Equal("denied: no statement allows it", (string?)refused["decision"]);
        Assert.Equal(
            "statement \"devices\" of policy \"site\" allows iot:Publish, but on topic/dt/devices/site7-*.", (string?)Assert.Single(refused["findings"]!.AsArray()));

        var elsewhere = await Explain("""{"principal":"user/site-7","clientId":"site-8","action":"iot:Connect"}""");
        Assert.False((bool)elsewhere["allowed"]!);
    }

    [Fact]
    public async Task A_certificate_s_own_fields_count_in_an_explanation()
    {
        var (pem, id) = Certificate("pump-1");
        await Put("policies/own", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Publish","Resource":"topic/by/${iot:Certificate.Subject.CommonName}"}}""", 201);
        await _host.Answer(HttpMethod.Post, $"{Api}/certificates", new JsonObject { ["pem"] = pem, ["policies"] = new JsonArray("own") }.ToJsonString(), 201);

        Assert.True((bool)(await Explain($$"""{"principal":"certificate/{{id}}","action":"iot:Publish","resource":"by/pump-1"}"""))["allowed"]!);
        Assert.False((bool)(await Explain($$"""{"principal":"certificate/{{id}}","action":"iot:Publish","resource":"by/pump-2"}"""))["allowed"]!);
    }

    [Theory]
    [InlineData("""{"principal":"user/nobody","action":"iot:Connect"}""", 404, "principal.unknown")]
    [InlineData("""{"clientId":"pump-1","action":"iot:Connect"}""", 404, "client.not-connected")]
    [InlineData("""{"principal":"user/a","action":"iot:*","resource":"a"}""", 400, "access.invalid")]
    [InlineData("""{"principal":"user/a","action":"iot:Publish"}""", 400, "access.invalid")]
    [InlineData("""{"action":"iot:Connect"}""", 400, "access.invalid")]
    public async Task A_question_that_cannot_be_answered_says_why(string question, int status, string code) =>
        Assert.Equal(code, (string?)(await _host.Answer(HttpMethod.Post, $"{Api}/explain", question, status))["code"]);

    [Fact]
    public async Task With_an_access_key_only_who_has_it_may_look_or_change()
    {
        await using var host = await ApiHost.Started(null, "--Access:ApiKey", "0123456789abcdef");
        foreach (var (method, path) in new[] { (HttpMethod.Get, "users"), (HttpMethod.Put, "users/a"), (HttpMethod.Post, "tokens"), (HttpMethod.Post, "explain"), (HttpMethod.Delete, "policies/a") })
        {
            using var request = new HttpRequestMessage(method, $"{Api}/{path}");
            using var response = await host.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    private static (string Pem, string Id) Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(ApiHost.Start, ApiHost.Start.AddYears(5));
        return (certificate.ExportCertificatePem(), CertificateFields.IdOf(certificate));
    }

    private Task<JsonNode> Put(string path, string body, int status) => _host.Answer(HttpMethod.Put, $"{Api}/{path}", body, status);

    private Task<JsonNode> Explain(string question) => _host.Answer(HttpMethod.Post, $"{Api}/explain", question, 200);

    private async Task Delete(string path)
    {
        using var response = await _host.Client.DeleteAsync($"{Api}/{path}");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
