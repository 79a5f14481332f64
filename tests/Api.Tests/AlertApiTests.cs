using OrleansIot.Api.Tests.Host;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Api.Tests;

public sealed class AlertApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.Started();
        await _host.PutRule("hot", ""","severity":"critical","name":"Too hot" """);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_alert_is_shown_whole()
    {
        await _host.Report("d", ("t", 71.5));

        var alert = (await _host.Get("/api/v1/alerts"))["items"]![0]!;

        Assert.Equal(
            """{"alertId":"d~hot~3","ruleId":"hot","ruleName":"Too hot","ruleVersion":1,"deviceId":"d","severity":"critical","status":"triggered","condition":"t \u003E 50","metric":"t","actualValue":71.5,"triggeredAt":"2026-01-01T00:00:00.000Z","acknowledgedAt":null,"acknowledgedBy":null,"resolvedAt":null,"resolvedBy":null,"resolution":null}""",
            alert.ToJsonString());
        Assert.Equal(alert.ToJsonString(), (await _host.Get("/api/v1/alerts/d~hot~3")).ToJsonString());
    }

    [Fact]
    public async Task Alerts_are_narrowed_and_paged()
    {
        await _host.PutRule("cold", ""","severity":"info" """);
        foreach (var device in (string[])["d1", "d2", "d3"])
            await _host.Report(device, ("t", 99));

        await _host.Answer(HttpMethod.Post, $"/api/v1/alerts/{await AlertOf("d1", "hot")}/resolve", null, 200);
        await _host.Answer(HttpMethod.Post, $"/api/v1/alerts/{await AlertOf("d2", "hot")}/acknowledge", null, 200);

        Assert.Equal(6, await Count(""));
        Assert.Equal(5, await Count("?status=open"));
        Assert.Equal(1, await Count("?status=resolved"));
        Assert.Equal(1, await Count("?status=acknowledged"));
        Assert.Equal(3, await Count("?severity=info"));
        Assert.Equal(3, await Count("?rule=hot"));
        Assert.Equal(1, await Count("?rule=hot&device=d3&status=triggered"));
        var page = await _host.Get("/api/v1/alerts?limit=4");
        Assert.Equal(2, (await _host.Get($"/api/v1/alerts?limit=4&cursor={page["next"]}"))["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("status=closed", "status")]
    [InlineData("severity=bad", "severity")]
    [InlineData("device=a%20b", "device")]
    [InlineData("rule=a%20b", "rule")]
    [InlineData("limit=501", "limit")]
    [InlineData("cursor=forged", "cursor")]
    public async Task A_parameter_that_is_wrong_is_named(string query, string parameter)
    {
        var problem = await _host.Get($"/api/v1/alerts?{query}", 400);

        Assert.Equal("query.invalid", (string?)problem["code"]);
        Assert.Equal(parameter, (string?)Assert.Single(problem["faults"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task Acknowledging_twice_keeps_the_first()
    {
        await _host.Report("d", ("t", 99));
        await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/acknowledge", """{"by":"Ann"}""", 200);
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        var alert = await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/acknowledge", """{"by":"Bob"}""", 200);

        Assert.Equal("acknowledged", (string?)alert["status"]);
        Assert.Equal("Ann", (string?)alert["acknowledgedBy"]);
        Assert.Equal("2026-01-01T00:00:00.000Z", (string?)alert["acknowledgedAt"]);
    }

    [Fact]
    public async Task Resolving_twice_keeps_the_first_and_a_resolved_alert_cannot_be_acknowledged()
    {
        await _host.Report("d", ("t", 99));
        await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/resolve", """{"by":"Ann"}""", 200);

        var alert = await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/resolve", null, 200);

        Assert.Equal(("resolved", "Ann", "manual"), ((string?)alert["status"], (string?)alert["resolvedBy"], (string?)alert["resolution"]));
        Assert.Equal("alert.resolved", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/acknowledge", null, 409))["code"]);
    }

    [Theory]
    [InlineData("d~hot~9")]
    [InlineData("nobody~hot~3")]
    [InlineData("nonsense")]
    public async Task An_alert_that_is_not_known_is_a_404(string id)
    {
        await _host.Report("d", ("t", 99));

        Assert.Equal("alert.unknown", (string?)(await _host.Get($"/api/v1/alerts/{id}", 404))["code"]);
        Assert.Equal("alert.unknown", (string?)(await _host.Get($"/api/v1/alerts/{id}/deliveries", 404))["code"]);
        Assert.Equal("alert.unknown", (string?)(await _host.Answer(HttpMethod.Post, $"/api/v1/alerts/{id}/acknowledge", null, 404))["code"]);
        Assert.Equal("alert.unknown", (string?)(await _host.Answer(HttpMethod.Post, $"/api/v1/alerts/{id}/resolve", "{}", 404))["code"]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"by":7}""")]
    [InlineData("""{"by":" "}""")]
    public async Task A_name_that_is_none_is_refused(string body)
    {
        await _host.Report("d", ("t", 99));

        Assert.Equal("alert.invalid", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/acknowledge", body, 400))["code"]);
    }

    [Fact]
    public async Task While_the_store_is_down_a_change_is_a_503_that_says_so()
    {
        await _host.Report("d", ("t", 99));
        _host.Twins.IsDown = true;

        Assert.Equal("twin.unavailable", (string?)(await _host.Answer(HttpMethod.Post, "/api/v1/alerts/d~hot~3/acknowledge", null, 503))["code"]);
    }

    [Fact]
    public async Task It_can_be_seen_who_was_told_and_what_came_of_it()
    {
        await _host.Report("d", ("t", 99));
        var alert = (await _host.Twins.Find(AlertId.Parse("d~hot~3"), CancellationToken.None))!;
        var message = new OutboxMessage("m1", "webhook", "http://a/", AlertTransitions.Triggered, alert, null, _host.Now);
        _host.Outbox.Deliveries.Add(new Delivery(message, DeliveryStatus.Pending, 1, _host.Now, _host.Now, "500 in 3 ms"));

        var delivery = (await _host.Get("/api/v1/alerts/d~hot~3/deliveries"))["items"]![0]!;

        Assert.Equal(
            """{"id":"m1","channel":"webhook","target":"http://a/","step":"triggered","status":"pending","attempts":1,"createdAt":"2026-01-01T00:00:00.000Z","dueAt":"2026-01-01T00:00:00.000Z","lastAttemptAt":"2026-01-01T00:00:00.000Z","outcome":"500 in 3 ms"}""",
            delivery.ToJsonString());
    }

    private async Task<int> Count(string query) => (await _host.Get($"/api/v1/alerts{query}"))["items"]!.AsArray().Count;

    private async Task<string?> AlertOf(string device, string rule) =>
        (string?)(await _host.Get($"/api/v1/alerts?device={device}&rule={rule}"))["items"]![0]!["alertId"];
}
